import { TrueupError } from '../../errors.ts'
import type { Column, Constraint, EnumType, Extension, ForeignKey, Index, IndexKey, Named, Namespace, ReferenceAction, Schema, Table } from '../../schema/schema.ts'
import { keyOf, makeSchema } from '../../schema/schema.ts'
import { madeUpName } from '../made-up-names.ts'
import type { Reader, Token } from '../sql-reader.ts'
import { isWord, statementsOf } from '../sql-reader.ts'

interface Draft extends Named {
  readonly columns: Column[]
  readonly constraints: Constraint[]
  readonly indexes: Index[]
}

/** What was read so far. */
interface Reading {
  readonly defaultSchema: string
  readonly namespaces: Namespace[]
  readonly enums: EnumType[]
  readonly extensions: Extension[]
  readonly tables: Map<string, Draft>
}

/**
 * Reads the SQL that Prisma writes for PostgreSQL or SQLite into a description.
 *
 * @throws TrueupError `models-invalid` that shows a statement which is not understood: a newer Prisma may write what this version does not know
 */
export function readPrismaSql(sql: string, defaultSchema: string): Schema {
  const reading: Reading = { defaultSchema, namespaces: [], enums: [], extensions: [], tables: new Map() }
  for (const { text, reader } of statementsOf(sql)) {
    try {
      statement(reading, reader)
      if (!reader.done) throw reader.unexpected('the end of the statement')
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause)
      throw new TrueupError('models-invalid', `A statement that Prisma wrote for the schema is not known here: ${message}.\n${text}`, {
        problems: [{ subject: text.split('\n', 1)[0] ?? text, message }],
        hint: 'Use a version of @prisma/schema-engine-wasm that the reference names, or write the models as SQL.', cause,
      })
    }
  }
  const table = [...reading.tables.values()].map((draft): Table => ({ ...draft }))
  return makeSchema({ namespace: reading.namespaces, enum: reading.enums, extension: reading.extensions, table })
}

function statement(reading: Reading, reader: Reader): void {
  if (reader.take('CREATE', 'SCHEMA', 'IF', 'NOT', 'EXISTS')) return void reading.namespaces.push({ name: reader.name() })
  if (reader.take('CREATE', 'EXTENSION', 'IF', 'NOT', 'EXISTS')) return void reading.extensions.push(extension(reader))
  if (reader.take('CREATE', 'TYPE')) return createEnum(reading, reader)
  if (reader.take('CREATE', 'TABLE')) return createTable(reading, reader)
  if (reader.take('CREATE', 'UNIQUE', 'INDEX')) return createIndex(reading, reader, true)
  if (reader.take('CREATE', 'INDEX')) return createIndex(reading, reader, false)
  if (reader.take('ALTER', 'TABLE')) return addForeignKey(reading, reader)
  throw reader.unexpected('CREATE SCHEMA, EXTENSION, TYPE, TABLE or INDEX, or ALTER TABLE')
}

const place = (reading: Reading, reader: Reader): Named => {
  const { schema, name } = reader.path()
  return { schema: schema ?? reading.defaultSchema, name }
}

function extension(reader: Reader): Extension {
  const name = reader.name()
  const schema = reader.take('WITH', 'SCHEMA') ? { schema: reader.name() } : {}
  const version = reader.take('VERSION') ? { version: reader.name() } : {}
  return { name, ...schema, ...version }
}

function createEnum(reading: Reading, reader: Reader): void {
  const name = place(reading, reader)
  reader.expect('AS', 'ENUM')
  const values = reader.list((item) => item.textUntil(isEndOfItem).replace(/^'|'$/g, '').replaceAll("''", "'"))
  reading.enums.push({ ...name, values })
}

function createTable(reading: Reading, reader: Reader): void {
  const draft: Draft = { ...place(reading, reader), columns: [], constraints: [], indexes: [] }
  reading.tables.set(keyOf(draft), draft)
  reader.list((item) => {
    if (item.take('CONSTRAINT')) draft.constraints.push(constraint(reading, draft, item, item.name()))
    else if (item.take('PRIMARY', 'KEY')) draft.constraints.push({ type: 'primaryKey', name: madeUpName(draft.name, [], 'pkey'), named: false, columns: item.names() })
    else draft.columns.push(column(draft, item))
  })
}

function constraint(reading: Reading, table: Named, reader: Reader, name: string): Constraint {
  if (reader.take('PRIMARY', 'KEY')) return { type: 'primaryKey', name, named: name !== madeUpName(table.name, [], 'pkey'), columns: reader.names() }
  reader.expect('FOREIGN', 'KEY')
  return foreignKey(reading, table, reader, name)
}

function foreignKey(reading: Reading, table: Named, reader: Reader, name: string): ForeignKey {
  const columns = reader.names()
  reader.expect('REFERENCES')
  const target = place(reading, reader)
  const references = { schema: target.schema, table: target.name, columns: reader.names() }
  const onDelete = reader.take('ON', 'DELETE') ? action(reader) : 'no action'
  const onUpdate = reader.take('ON', 'UPDATE') ? action(reader) : 'no action'
  return { type: 'foreignKey', name, named: name !== madeUpName(table.name, columns, 'fkey'), columns, references, onDelete, onUpdate }
}

const ACTIONS: readonly ReferenceAction[] = ['no action', 'restrict', 'cascade', 'set null', 'set default']

function action(reader: Reader): ReferenceAction {
  const found = ACTIONS.find((one) => reader.take(...one.toUpperCase().split(' ')))
  if (found === undefined) throw reader.unexpected('what happens to the referencing rows')
  return found
}

const isEndOfItem = (token: Token): boolean => token.kind === 'mark' && (token.value === ',' || token.value === ')')

function column(draft: Draft, reader: Reader): Column {
  const name = reader.name()
  const type = reader.textUntil((token) => isEndOfItem(token) || isWord(token, 'NOT') || isWord(token, 'DEFAULT') || isWord(token, 'PRIMARY'))
  let notNull = false
  let initial: string | null = null
  let autoIncrement = false
  while (!reader.done && !(reader.peek() !== undefined && isEndOfItem(reader.peek() as Token))) {
    if (reader.take('NOT', 'NULL')) notNull = true
    else if (reader.take('DEFAULT')) initial = reader.textUntil((token) => isEndOfItem(token) || isWord(token, 'PRIMARY'))
    else if (reader.take('AUTOINCREMENT')) autoIncrement = true
    else {
      reader.expect('PRIMARY', 'KEY')
      draft.constraints.push({ type: 'primaryKey', name: madeUpName(draft.name, [], 'pkey'), named: false, columns: [name] })
    }
  }
  // SERIAL is completed by the dialect, which knows its sequence.
  const serial = /^(small|big)?serial$/i.test(type)
  return { name, type: serial ? type.toLowerCase() : type, notNull: notNull || serial, default: initial, ...(autoIncrement && { autoIncrement }) }
}

function createIndex(reading: Reading, reader: Reader, unique: boolean): void {
  const name = reader.name()
  reader.expect('ON')
  const table = reading.tables.get(keyOf(place(reading, reader)))
  if (table === undefined) throw new Error(`the index ${name} is on a table that was not made`)
  const method = reader.take('USING') ? reader.textUntil((token) => token.kind === 'mark').toLowerCase() : 'btree'
  const keys = reader.list(indexKey)
  const where = reader.take('WHERE') ? reader.textUntil(() => false) : null
  const columns = keys.map((key) => key.column ?? '')
  table.indexes.push({ name, named: name !== madeUpName(table.name, columns, unique ? 'key' : 'idx'), unique, method, keys, where })
}

function indexKey(reader: Reader): IndexKey {
  const column = reader.name()
  const opclass = reader.textUntil((token) => isEndOfItem(token) || isWord(token, 'ASC') || isWord(token, 'DESC'))
  const order = reader.take('DESC') ? 'desc' : 'asc'
  reader.take('ASC')
  return { column, expression: null, order, nulls: order === 'desc' ? 'first' : 'last', ...(opclass !== '' && { opclass }) }
}

function addForeignKey(reading: Reading, reader: Reader): void {
  const table = reading.tables.get(keyOf(place(reading, reader)))
  reader.expect('ADD', 'CONSTRAINT')
  const name = reader.name()
  reader.expect('FOREIGN', 'KEY')
  if (table === undefined) throw new Error(`the foreign key ${name} is of a table that was not made`)
  table.constraints.push(foreignKey(reading, table, reader, name))
}
