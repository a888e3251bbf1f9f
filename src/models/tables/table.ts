import type { Sql } from '../../sql.ts'
import type { ColumnModel, ReferenceOptions } from './column.ts'
import { ColumnName } from './column.ts'
import type { ColumnShape, Given } from './values.ts'

type Columns = Readonly<Record<string, ColumnModel<never, boolean, Given> | ColumnModel<unknown, boolean, Given>>>
type Names<C> = { readonly [K in keyof C]: ColumnName }

/** One element of an index: a column, an expression, or either with what belongs to it. */
export type IndexElement = ColumnName | Sql | { readonly on: ColumnName | Sql; readonly order?: 'asc' | 'desc'; readonly nulls?: 'first' | 'last'; readonly opclass?: string; readonly collation?: string }

export interface IndexOptions {
  /** Left out: a name is made up, and not compared. */
  readonly name?: string
  readonly unique?: boolean
  /** @default 'btree' */
  readonly method?: string
  readonly where?: Sql
  readonly include?: readonly ColumnName[]
  readonly nullsNotDistinct?: boolean
}

/** What a table has besides its columns. */
export type Extra =
  | { readonly extra: 'index'; readonly on: readonly IndexElement[]; readonly options: IndexOptions }
  | { readonly extra: 'primaryKey' | 'unique'; readonly on: readonly ColumnName[]; readonly name?: string; readonly nullsNotDistinct?: boolean }
  | { readonly extra: 'foreignKey'; readonly on: readonly ColumnName[]; readonly target: () => readonly ColumnName[]; readonly options: ReferenceOptions }
  | { readonly extra: 'check'; readonly name: string; readonly expression: Sql }

/** An index over columns or expressions. */
export const index = (on: readonly IndexElement[], options: IndexOptions = {}): Extra => ({ extra: 'index', on, options })
/** A primary key of several columns. */
export const primaryKey = (on: readonly ColumnName[], options: { readonly name?: string } = {}): Extra => ({ extra: 'primaryKey', on, ...options })
/** A unique constraint of several columns. */
export const unique = (on: readonly ColumnName[], options: { readonly name?: string; readonly nullsNotDistinct?: boolean } = {}): Extra => ({ extra: 'unique', on, ...options })
/** A foreign key of several columns. */
export const foreignKey = (on: readonly ColumnName[], target: () => readonly ColumnName[], options: ReferenceOptions = {}): Extra => ({ extra: 'foreignKey', on, target, options })
/** A condition that every row fulfils: `` check('positive', sql`${t.size} > 0`) ``. */
export const check = (name: string, expression: Sql): Extra => ({ extra: 'check', name, expression })

/** A declared table. Its columns are read as SQL names: `users.id` in `references(() => users.id)` and in `sql`. */
export type TableModel<Name extends string = string, C extends Columns = Columns> = Names<C> & { readonly [TABLE]: TableFacts<Name, C> }

export const TABLE = Symbol.for('trueup.table')

export interface TableFacts<Name extends string = string, C extends Columns = Columns> {
  readonly name: Name
  readonly schema: string | null
  readonly comment: string | null
  readonly columns: C
  readonly extras: () => readonly Extra[]
}

export interface TableOptions {
  /** @default the database's default schema */
  readonly schema?: string
  readonly comment?: string
}

/**
 * Declares a table.
 *
 * @param extras indexes and constraints over more than one column, from the columns' names
 */
export function table<const Name extends string, C extends Columns>(
  name: Name, columns: C, extras: (columns: Names<C>) => readonly Extra[] = () => [], options: TableOptions = {},
): TableModel<Name, C> {
  const place = { schema: options.schema ?? null, name }
  // The keys of the columns are the keys of their names.
  const names = Object.fromEntries(Object.keys(columns).map((key) => [key, new ColumnName(key, place)])) as Names<C>
  const facts: TableFacts<Name, C> = { ...place, comment: options.comment ?? null, columns, extras: () => extras(names) }
  return Object.assign(Object.create(null) as object, names, { [TABLE]: facts })
}

/** True for a declared table, also of another copy of trueup. */
export const isTable = (value: unknown): value is TableModel => typeof value === 'object' && value !== null && TABLE in value

type Select<C> = C extends { readonly shape: { readonly value: infer V; readonly nullable: infer N } } ? (N extends true ? V | null : V) : never
type Insert<C> = C extends { readonly shape: { readonly given: infer G } } ? (G extends 'never' ? never : G extends 'required' ? Select<C> : Select<C> | undefined) : never
type Update<C> = C extends { readonly shape: { readonly given: 'never' } } ? never : Select<C>

/** A row as a SELECT gives it: `RowOf<typeof users>`. */
export type RowOf<T> = T extends { readonly [TABLE]: { readonly columns: infer C } } ? { readonly [K in keyof C]: Select<C[K]> } : never

type Shape<C> = { readonly [K in keyof C]: ColumnShape<Select<C[K]>, Insert<C[K]>, Update<C[K]>> }
type NameOf<T> = T extends { readonly [TABLE]: { readonly name: infer N extends string } } ? N : never

/** The database for Kysely: `new Kysely<DatabaseOf<typeof models>>(…)`. Tables of another schema than the default one are left to `withSchema`. */
export type DatabaseOf<M> = { readonly [K in keyof M as NameOf<M[K]>]: M[K] extends { readonly [TABLE]: { readonly columns: infer C } } ? Shape<C> : never }
