import type { Identity, ReferenceAction } from '../../schema/schema.ts'
import { Sql } from '../../sql.ts'
import type { Given, ValueOf } from './values.ts'

/** An enum type. Made by `enumType`. */
export interface EnumModel<V extends string = string> {
  readonly enumName: string
  readonly schema: string | null
  readonly values: readonly V[]
}

/** Declares an enum type of the database; `column(role)` uses it. */
export function enumType<const V extends string>(name: string, values: readonly V[], options: { readonly schema?: string } = {}): EnumModel<V> {
  return { enumName: name, schema: options.schema ?? null, values }
}

/** A column as it is named in indexes, checks and references: SQL that is the column's quoted name. */
export class ColumnName extends Sql {
  readonly column: string
  readonly table: { readonly schema: string | null; readonly name: string }

  constructor(column: string, table: { readonly schema: string | null; readonly name: string }) {
    super([{ type: 'name', path: [column] }])
    this.column = column
    this.table = table
  }
}

export interface ReferenceOptions {
  /** @default 'no action' */
  readonly onDelete?: ReferenceAction
  /** @default 'no action' */
  readonly onUpdate?: ReferenceAction
  /** Left out: a name is made up, and not compared. */
  readonly name?: string
}

/** What a column was told. */
export interface ColumnFacts {
  readonly type: string | EnumModel
  readonly notNull: boolean
  readonly default?: unknown
  readonly generated?: { readonly expression: Sql; readonly stored: boolean }
  readonly identity?: Identity
  readonly collation?: string
  readonly comment?: string
  readonly primaryKey?: boolean
  readonly unique?: boolean
  readonly references?: ReferenceOptions & { readonly target: () => ColumnName }
}

/** A column under construction; every method gives a new one. */
export class ColumnModel<Value, Nullable extends boolean, G extends Given> {
  readonly facts: ColumnFacts
  /** For the type system only. */
  declare readonly shape: { readonly value: Value; readonly nullable: Nullable; readonly given: G }

  constructor(facts: ColumnFacts) {
    this.facts = facts
  }

  /** Must hold a value. */
  notNull(): ColumnModel<Value, false, G extends 'optional' ? (Nullable extends true ? 'required' : 'optional') : G> {
    return new ColumnModel({ ...this.facts, notNull: true })
  }

  /** A value becomes a literal, an expression is given with the `sql` tag. Call it after `notNull()`. */
  default(value: Value | Sql): ColumnModel<Value, Nullable, 'optional'> {
    return new ColumnModel({ ...this.facts, default: value })
  }

  /** The table's primary key, which is NOT NULL. For several columns, use `primaryKey(…)` of the table. */
  primaryKey(): ColumnModel<Value, false, G extends 'optional' ? (Nullable extends true ? 'required' : 'optional') : G> {
    return new ColumnModel({ ...this.facts, notNull: true, primaryKey: true })
  }

  /** No two rows hold the same value. */
  unique(): ColumnModel<Value, Nullable, G> {
    return new ColumnModel({ ...this.facts, unique: true })
  }

  /** Holds a value of the column that `target` names, so that tables may refer to each other in any order. A table that refers to itself says the type: `(): ColumnName => users.id`. */
  references(target: () => ColumnName, options: ReferenceOptions = {}): ColumnModel<Value, Nullable, G> {
    return new ColumnModel({ ...this.facts, references: { ...options, target } })
  }

  /** `GENERATED … AS IDENTITY`: the server numbers the rows. PostgreSQL only. */
  identity(options: Partial<Identity> = {}): ColumnModel<Value, false, 'optional'> {
    return new ColumnModel({ ...this.facts, notNull: true, identity: { ...options, always: options.always ?? false } })
  }

  /** Computed from other columns, never written. @param options - `stored` defaults to true */
  generated(expression: Sql, options: { readonly stored?: boolean } = {}): ColumnModel<Value, Nullable, 'never'> {
    return new ColumnModel({ ...this.facts, generated: { expression, stored: options.stored ?? true } })
  }

  collate(collation: string): ColumnModel<Value, Nullable, G> {
    return new ColumnModel({ ...this.facts, collation })
  }

  comment(comment: string): ColumnModel<Value, Nullable, G> {
    return new ColumnModel({ ...this.facts, comment })
  }

  /** Says what JavaScript holds, where the SQL type does not tell: `column('jsonb').as<Settings>()`. */
  as<T>(): ColumnModel<T, Nullable, G> {
    return new ColumnModel(this.facts)
  }
}

/** A column of a SQL type, as the database spells it (`varchar(320)`, `timestamptz`), or of an enum. Nullable unless said otherwise. */
export function column<T extends string>(type: T): ColumnModel<ValueOf<T>, true, 'optional'>
export function column<V extends string>(type: EnumModel<V>): ColumnModel<V, true, 'optional'>
export function column(type: string | EnumModel): ColumnModel<unknown, true, 'optional'> {
  return new ColumnModel({ type, notNull: false })
}
