import type { Problem } from '../../errors.ts'
import { TrueupError } from '../../errors.ts'
import type { Column, Constraint, Flavour, ForeignKey, Index, Kind, Named, ReferenceAction, Table } from '../../schema/schema.ts'
import { makeSchema } from '../../schema/schema.ts'
import type { ModelSource } from '../source.ts'
import { madeUpName } from '../made-up-names.ts'

type Data = Readonly<Record<string, unknown>>

const COVERS: readonly Kind[] = ['namespace', 'sequence', 'table', 'column', 'constraint', 'index']
const SILENT: readonly Flavour[] = ['check', 'exclusion', 'expressionIndex', 'partialIndex', 'sequence']

/**
 * Reads the `contract.json` that `prisma contract emit` of Prisma 8 writes, for PostgreSQL. Nothing else is needed: no engine, no
 * connection.
 *
 * @param contract the file's text, or parsed
 * @throws TrueupError `models-invalid` that names table and column of what is not known
 */
export function fromPrismaContract(contract: string | object): ModelSource {
  return {
    title: 'Prisma contract',
    declare({ dialect, defaultSchema }) {
      const found = new Found(defaultSchema)
      const parsed = typeof contract === 'string' ? parse(contract) : contract
      const tables = tablesOf(found, dialect, parsed)
      found.throwIfAny()
      const names = [...new Set(tables.map((table) => table.schema))]
      return { form: 'schema', schema: { ...makeSchema({ namespace: names.map((name) => ({ name })), table: tables }), covers: COVERS, silent: SILENT } }
    },
  }
}

/** What was found wrong, and where unqualified tables live. */
class Found {
  readonly problems: Problem[] = []
  readonly defaultSchema: string

  constructor(defaultSchema: string) {
    this.defaultSchema = defaultSchema
  }

  add(subject: string, message: string, field?: string): void {
    this.problems.push({ subject, message, ...(field !== undefined && { field }) })
  }

  /** Names every key that is not known, so that nothing is passed over in silence. */
  onlyKnown(subject: string, value: Data, known: readonly string[]): void {
    for (const key of Object.keys(value)) if (!known.includes(key)) this.add(subject, `its ${JSON.stringify(key)} is not known here`)
  }

  throwIfAny(): void {
    if (this.problems.length === 0) return
    throw new TrueupError('models-invalid', `The Prisma contract cannot be read:\n${this.problems.map((one) => `  - ${one.subject}${one.field === undefined ? '' : `.${one.field}`}: ${one.message}`).join('\n')}`, {
      problems: this.problems, hint: 'Contracts of Prisma 8 for PostgreSQL are read. Write it again with `prisma contract emit`.',
    })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw new TrueupError('models-invalid', 'The Prisma contract is no JSON.', { cause, hint: 'Write it again with `prisma contract emit`.' })
  }
}

const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value)
const data = (value: unknown): Data => (isData(value) ? value : {})
const list = (value: unknown): readonly Data[] => (Array.isArray(value) ? value.filter(isData) : [])
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [])

function tablesOf(found: Found, dialect: string, contract: unknown): readonly Table[] {
  const { target, storage } = data(contract)
  if (target !== dialect) {
    found.add('target', `the contract is for ${JSON.stringify(target)}, the database speaks ${dialect}`)
    return []
  }
  const namespaces = data(data(storage)['namespaces'])
  if (Object.keys(namespaces).length === 0) found.add('storage.namespaces', 'there is none')
  return Object.entries(namespaces).flatMap(([namespace, value]) => {
    const entries = data(value)['entries']
    found.onlyKnown(namespace, data(entries), ['table'])
    return Object.entries(data(data(entries)['table'])).map(([name, table]) => tableOf(found, { schema: schemaName(found, namespace), name }, data(table)))
  })
}

/** What the contract calls "unbound" is wherever unqualified names lead. */
const schemaName = (found: Found, namespace: unknown): string => (namespace === undefined || namespace === '__unbound__' ? found.defaultSchema : String(namespace))

function tableOf(found: Found, place: Named, table: Data): Table {
  found.onlyKnown(place.name, table, ['columns', 'foreignKeys', 'indexes', 'primaryKey', 'uniques', 'namespaceId'])
  const columns = Object.entries(data(table['columns'])).map(([name, column]) => columnOf(found, place, name, data(column)))
  const primary = data(table['primaryKey'])
  const keys: Constraint[] = texts(primary['columns']).length === 0 ? [] : [{ type: 'primaryKey', ...nameOf(primary, madeUpName(place.name, [], 'pkey')), columns: texts(primary['columns']) }]
  const uniques = list(table['uniques']).map((one): Constraint => ({ type: 'unique', ...nameOf(one, madeUpName(place.name, texts(one['columns']), 'key')), columns: texts(one['columns']) }))
  const foreign = list(table['foreignKeys']).filter((one) => one['constraint'] !== false).map((one) => foreignKeyOf(found, place, one))
  return { ...place, columns, constraints: [...keys, ...uniques, ...foreign], indexes: list(table['indexes']).map((one) => indexOf(found, place, one)) }
}

const nameOf = (object: Data, otherwise: string): { readonly name: string; readonly named: boolean } =>
  typeof object['name'] === 'string' ? { name: object['name'], named: true } : { name: otherwise, named: false }

const SERIALS: Readonly<Record<string, string>> = { int2: 'smallserial', int4: 'serial', int8: 'bigserial', smallint: 'smallserial', integer: 'serial', bigint: 'bigserial' }

function columnOf(found: Found, place: Named, name: string, column: Data): Column {
  found.onlyKnown(`${place.name}.${name}`, column, ['codecId', 'nativeType', 'nullable', 'default', 'typeParams', 'typeRef', 'many'])
  const native = String(column['nativeType'])
  const initial = data(column['default'])
  const common = { name, notNull: column['nullable'] !== true }
  if (initial['kind'] === 'function' && initial['expression'] === 'autoincrement()') {
    const serial = SERIALS[native]
    if (serial === undefined) found.add(place.name, `autoincrement() is not possible on ${native}`, name)
    return { ...common, type: serial ?? native, default: null }
  }
  const type = typeof column['typeRef'] === 'string' ? quote(native) : `${native}${parameters(found, place, name, data(column['typeParams']))}`
  return { ...common, type: column['many'] === true ? `${type}[]` : type, default: defaultOf(found, place, name, native, column['default']) }
}

function parameters(found: Found, place: Named, column: string, params: Data): string {
  found.onlyKnown(`${place.name}.${column}`, params, ['length', 'precision', 'scale'])
  const given = [params['length'], params['precision'], params['scale']].filter((value) => typeof value === 'number')
  return given.length === 0 ? '' : `(${given.join(',')})`
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

function defaultOf(found: Found, place: Named, column: string, native: string, given: unknown): string | null {
  if (given === undefined) return null
  const { kind, expression, value } = data(given)
  if (kind === 'function' && typeof expression === 'string') return expression
  if (kind === 'literal' && value !== undefined) {
    if (value === null) return null
    if (typeof value === 'object') return `${literal(JSON.stringify(value))}${native === 'json' || native === 'jsonb' ? `::${native}` : ''}`
    return typeof value === 'string' ? literal(value) : String(value)
  }
  found.add(place.name, `its default ${JSON.stringify(given)} is not known here`, column)
  return null
}

const ACTIONS: Readonly<Record<string, ReferenceAction>> = { cascade: 'cascade', restrict: 'restrict', noAction: 'no action', setNull: 'set null', setDefault: 'set default' }

function foreignKeyOf(found: Found, place: Named, key: Data): ForeignKey {
  const [source, target] = [data(key['source']), data(key['target'])]
  const columns = texts(source['columns'])
  const action = (field: string): ReferenceAction => {
    const word = key[field]
    if (word === undefined) return 'no action'
    const known = ACTIONS[String(word)]
    if (known === undefined) found.add(place.name, `${field} ${JSON.stringify(word)} of a foreign key is not known here`)
    return known ?? 'no action'
  }
  return {
    type: 'foreignKey', ...nameOf(key, madeUpName(place.name, columns, 'fkey')), columns,
    references: { schema: schemaName(found, target['namespaceId']), table: String(target['tableName'] ?? target['table']), columns: texts(target['columns']) },
    onDelete: action('onDelete'), onUpdate: action('onUpdate'),
  }
}

function indexOf(found: Found, place: Named, index: Data): Index {
  found.onlyKnown(`an index of ${place.name}`, index, ['columns', 'name', 'prefix', 'unique', 'using', 'type'])
  const columns = texts(index['columns'])
  // A name with a prefix was made up: the part after it is a hash.
  const made = typeof index['prefix'] === 'string'
  const { name, named } = nameOf(index, madeUpName(place.name, columns, 'idx'))
  return {
    name, named: named && !made, unique: index['unique'] === true, method: String(index['using'] ?? index['type'] ?? 'btree').toLowerCase(), where: null,
    keys: columns.map((column) => ({ column, expression: null, order: 'asc', nulls: 'last' })),
  }
}
