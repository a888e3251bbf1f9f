import type { Problem } from '../errors.ts'
import type { ChildKinds, Kind, Kinds, TopKind } from '../schema/schema.ts'

/** What the value of a required field must be. */
type Shape = 'text' | 'flag' | 'text?' | 'texts' | 'object' | 'object?' | 'list' | { readonly listOf: keyof ChildKinds } | { readonly oneOf: readonly string[] }

type Required<T> = { [F in keyof T]-?: undefined extends T[F] ? never : F }[keyof T]
type Fields<T> = { readonly [F in Required<T> & string]: Shape } & { readonly [field: string]: Shape }

const NAMED = { schema: 'text', name: 'text' } as const
const WRITTEN = { name: 'text', definition: 'text' } as const

/** The required fields of each kind, and the optional ones that hold further objects. A forgotten field is a compile error. */
const FIELDS: { readonly [K in Exclude<Kind, 'constraint'>]: Fields<Kinds[K]> } = {
  namespace: { name: 'text' },
  extension: { name: 'text' },
  collation: { ...NAMED, definition: 'text' },
  enum: { ...NAMED, values: 'texts' },
  domain: { ...NAMED, type: 'text', notNull: 'flag', default: 'text?', checks: 'list' },
  composite: { ...NAMED, attributes: 'list' },
  range: { ...NAMED, options: 'texts' },
  sequence: {
    ...NAMED, type: 'text', start: 'text', increment: 'text', min: 'text', max: 'text', cache: 'text', cycle: 'flag', ownedBy: 'object?',
  },
  routine: { ...NAMED, routine: { oneOf: ['function', 'procedure', 'aggregate', 'window'] }, signature: 'text', definition: 'text' },
  wrapper: { name: 'text', handler: 'text?', validator: 'text?', options: 'texts' },
  server: { name: 'text', wrapper: 'text', type: 'text?', version: 'text?', options: 'texts' },
  userMapping: { name: 'text', user: 'text', server: 'text', options: 'texts' },
  table: { ...NAMED, columns: { listOf: 'column' }, constraints: { listOf: 'constraint' }, indexes: { listOf: 'index' } },
  view: { ...NAMED, materialized: 'flag', definition: 'text' },
  statistics: { ...NAMED, table: 'object', definition: 'text' },
  eventTrigger: { ...WRITTEN, enabled: 'text' },
  publication: { name: 'text', allTables: 'flag', tables: 'list', schemas: 'texts', publish: 'texts', viaRoot: 'flag' },
  subscription: { name: 'text', connection: 'text', publications: 'texts', enabled: 'flag', slot: 'text?', options: 'texts' },
  defaultPrivilege: WRITTEN,
  column: { name: 'text', type: 'text', notNull: 'flag', default: 'text?' },
  index: { name: 'text', unique: 'flag', method: 'text', keys: 'list', where: 'text?' },
  trigger: { ...WRITTEN, enabled: 'text' },
  rule: WRITTEN,
  policy: {
    name: 'text', command: { oneOf: ['all', 'select', 'insert', 'update', 'delete'] }, permissive: 'flag', roles: 'texts', using: 'text?', check: 'text?',
  },
}

const CONSTRAINTS: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  primaryKey: { name: 'text', columns: 'texts' },
  unique: { name: 'text', columns: 'texts' },
  foreignKey: { name: 'text', columns: 'texts', references: 'object', onDelete: 'text', onUpdate: 'text' },
  check: { name: 'text', expression: 'text' },
  exclusion: { name: 'text', definition: 'text' },
}

/** Lists of objects that a relation may leave out. */
const OPTIONAL_LISTS = { triggers: 'trigger', rules: 'rule', policies: 'policy', indexes: 'index', columns: 'column' } as const

/** Adds a problem for each required field that is missing or wrong, with its path. */
export function checkObject(kind: TopKind | keyof ChildKinds, value: unknown, path: string, problems: Problem[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push({ subject: path, message: 'an object was expected' })
    return
  }
  const fields = fieldsOf(kind, value, path, problems)
  for (const [field, shape] of Object.entries(fields)) checkField(shape, Reflect.get(value, field), `${path}.${field}`, problems)
  if (kind !== 'table' && kind !== 'view') return
  for (const [field, child] of Object.entries(OPTIONAL_LISTS)) {
    const list: unknown = Reflect.get(value, field)
    if (list !== undefined && !(field in fields)) checkField({ listOf: child }, list, `${path}.${field}`, problems)
  }
}

function fieldsOf(kind: Kind, value: object, path: string, problems: Problem[]): Readonly<Record<string, Shape>> {
  if (kind !== 'constraint') return FIELDS[kind]
  const type: unknown = Reflect.get(value, 'type')
  const fields = typeof type === 'string' && Object.hasOwn(CONSTRAINTS, type) ? CONSTRAINTS[type] : undefined
  if (fields === undefined) problems.push({ subject: `${path}.type`, message: `one of ${Object.keys(CONSTRAINTS).join(', ')} was expected` })
  return fields ?? {}
}

function checkField(shape: Shape, value: unknown, path: string, problems: Problem[]): void {
  const wrong = (expected: string): void => void problems.push({ subject: path, message: `${expected} was expected, ${kindOfValue(value)} is there` })
  if (typeof shape === 'object') {
    if ('oneOf' in shape) {
      if (!shape.oneOf.some((each) => each === value)) wrong(`one of ${shape.oneOf.join(', ')}`)
    } else if (!Array.isArray(value)) wrong('a list')
    else value.forEach((item: unknown, index) => checkObject(shape.listOf, item, `${path}[${index}]`, problems))
    return
  }
  const object = typeof value === 'object' && value !== null && !Array.isArray(value)
  const tests: { readonly [S in Extract<Shape, string>]: readonly [fits: boolean, expected: string] } = {
    text: [typeof value === 'string', 'a text'],
    'text?': [typeof value === 'string' || value === null, 'a text or null'],
    flag: [typeof value === 'boolean', 'true or false'],
    texts: [Array.isArray(value) && value.every((item) => typeof item === 'string'), 'a list of texts'],
    list: [Array.isArray(value), 'a list'],
    object: [object, 'an object'],
    'object?': [object || value === null, 'an object or null'],
  }
  const [fits, expected] = tests[shape]
  if (!fits) wrong(expected)
}

const kindOfValue = (value: unknown): string =>
  value === undefined ? 'nothing' : value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `the ${typeof value} ${JSON.stringify(value)}`
