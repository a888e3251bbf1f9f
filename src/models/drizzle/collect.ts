import type { DrizzleEnum, DrizzlePolicy } from './entity.ts'
import { columnsOf, isAlias, isEnum, isKind, isTable, kindsOf, member, tableName } from './entity.ts'
import type { Problems } from '../problems.ts'

/** What an application's models hold, sorted by what it is; each with the name that messages give it. */
export interface Models {
  readonly tables: ReadonlyMap<object, string>
  readonly enums: ReadonlyMap<DrizzleEnum, string>
  readonly sequences: ReadonlyMap<object, string>
  readonly schemas: ReadonlyMap<object, string>
  readonly views: ReadonlyMap<object, string>
  readonly policies: ReadonlyMap<DrizzlePolicy, string>
}

/** Casing of a handle made with `drizzle({ casing })`. */
export function casingOfHandle(models: object): ((name: string) => string) | undefined {
  const dialect = member<object>(models, 'dialect')
  const casing = typeof dialect === 'object' ? member<object>(dialect, 'casing') : undefined
  const convert = typeof casing === 'object' ? member<(name: string) => string>(casing, 'convert') : undefined
  return typeof convert === 'function' ? convert : undefined
}

/** Sorts the exports of a module, a list, or the schema of a `db` handle. What is no part of a schema is passed over. */
export function collect(models: object, dialect: string, problems: Problems): Models {
  const found = { tables: new Map(), enums: new Map(), sequences: new Map(), schemas: new Map(), views: new Map(), policies: new Map() }
  for (const [name, value] of exportsOf(models)) sort(name, value, dialect, found, problems)
  const empty = Object.values(found).every((map) => map.size === 0)
  if (empty && problems.none) problems.add('models', undefined, 'no Drizzle table is in what was given', EMPTY_HINT)
  for (const [table, name] of found.tables as Models['tables']) {
    for (const column of Object.values(columnsOf(table))) {
      // An enum that only a column knows is needed all the same.
      const type = column.enum ?? column.baseColumn?.enum
      if (type !== undefined && isEnum(type) && !found.enums.has(type)) found.enums.set(type, name)
    }
  }
  return found
}

const EMPTY_HINT = "Give the module (import * as models from './models.ts'), or a db handle that was made with { schema } or { relations }."

function exportsOf(models: object): readonly (readonly [string, unknown])[] {
  if (Array.isArray(models)) return models.flatMap(itemOf)
  const handle = [...kindsOf(models)].some((kind) => kind.endsWith('Database'))
  if (!handle) return Object.entries(models)
  const inner = member<object>(models, '_') ?? {}
  // 0.45 keeps the module that it was given, 1.0 the tables of its relations.
  const related = Object.entries(member<object>(inner, 'relations') ?? {})
  return [
    ...Object.entries(member<object>(inner, 'fullSchema') ?? {}),
    ...related.map(([name, relation]: [string, unknown]) => [name, typeof relation === 'object' && relation !== null ? member(relation, 'table') : undefined] as const),
  ]
}

/** A list holds tables, or whole modules. */
function itemOf(item: unknown): readonly (readonly [string, unknown])[] {
  if (isTable(item)) return [[tableName(item), item]]
  const whole = typeof item === 'object' && item !== null && kindsOf(item).size === 0
  return whole ? Object.entries(item) : [['', item]]
}

interface Found {
  readonly tables: Map<object, string>
  readonly enums: Map<DrizzleEnum, string>
  readonly sequences: Map<object, string>
  readonly schemas: Map<object, string>
  readonly views: Map<object, string>
  readonly policies: Map<DrizzlePolicy, string>
}

const DIALECT_OF: readonly (readonly [kind: string, dialect: string, title: string])[] = [
  ['PgTable', 'postgres', 'PostgreSQL'], ['PgView', 'postgres', 'PostgreSQL'], ['PgMaterializedView', 'postgres', 'PostgreSQL'],
  ['SQLiteTable', 'sqlite', 'SQLite'], ['SQLiteView', 'sqlite', 'SQLite'],
  ['MySqlTable', 'mysql', 'MySQL'], ['MySqlView', 'mysql', 'MySQL'],
  ['SingleStoreTable', 'singlestore', 'SingleStore'], ['CockroachTable', 'cockroach', 'CockroachDB'], ['MsSqlTable', 'mssql', 'SQL Server'],
]

/** The dialect of the first table or view in what was given; `null` when none is in it. */
export function dialectOfModels(models: object): string | null {
  const kinds = exportsOf(models).map(([, value]) => DIALECT_OF.find(([kind]) => isKind(value, kind)))
  return kinds.find((found) => found !== undefined)?.[1] ?? null
}

function sort(name: string, value: unknown, dialect: string, found: Found, problems: Problems): void {
  if (isEnum(value)) return void keep(found.enums, value, name || value.enumName)
  const relation = isTable(value) || isKind(value, 'View')
  if (relation) {
    if (isAlias(value)) return
    const subject = name || tableName(value)
    const own = DIALECT_OF.find(([kind]) => isKind(value, kind))
    if (own?.[1] === dialect) keep(isTable(value) ? found.tables : found.views, value, subject)
    else problems.add(subject, undefined, `it is a model for ${own?.[2] ?? 'another database'}, the database is ${titleOf(dialect)}`, otherDialectHint(own?.[1]))
    return
  }
  if (dialect !== 'postgres') return
  if (isKind(value, 'PgSequence')) keep(found.sequences, value, name || String(member(value, 'seqName')))
  else if (isKind(value, 'PgSchema')) keep(found.schemas, value, name || String(member(value, 'schemaName')))
  // The kind names the class of the value.
  else if (isKind(value, 'PgPolicy')) keep(found.policies, value as unknown as DrizzlePolicy, name || String(member(value, 'name')))
}

const keep = <T>(map: Map<T, string>, value: T, name: string): void => {
  if (!map.has(value)) map.set(value, name)
}

const titleOf = (dialect: string): string => DIALECT_OF.find(([, name]) => name === dialect)?.[2] ?? dialect

const otherDialectHint = (dialect: string | undefined): string =>
  dialect === 'postgres' || dialect === 'sqlite'
    ? 'Give the models of one database only.'
    : 'Models of PostgreSQL (pgTable) and SQLite (sqliteTable) can be read; others not yet.'
