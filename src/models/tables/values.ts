/** What JavaScript holds for a SQL type, as pg and the SQLite drivers give it: 64-bit integers and decimals are text. */
export type ValueOf<T extends string> = Plain<Lowercase<T>>

type Plain<T extends string> =
  T extends `${infer Element}[]` ? Plain<Element>[]
  : T extends `${infer Head}(${string})${infer Tail}` ? Plain<`${TrimEnd<Head>}${Tail}`>
  : Scalar<T>

type TrimEnd<T extends string> = T extends `${infer Head} ` ? TrimEnd<Head> : T

type Scalar<T extends string> =
  T extends 'smallint' | 'integer' | 'int' | 'int2' | 'int4' | 'real' | 'double precision' | 'float' | 'float4' | 'float8' | 'serial' | 'smallserial' | 'oid' ? number
  : T extends 'bigint' | 'int8' | 'bigserial' | 'numeric' | 'decimal' | 'money' ? string
  : T extends 'boolean' | 'bool' ? boolean
  : T extends 'date' | 'timestamp' | 'timestamptz' | 'timestamp with time zone' | 'timestamp without time zone' ? Date
  : T extends 'bytea' | 'blob' ? Uint8Array
  : T extends 'json' | 'jsonb' ? unknown
  : T extends 'text' | 'varchar' | 'character varying' | 'char' | 'character' | 'bpchar' | 'citext' | 'uuid' | 'time' | 'timetz' | 'interval' | 'inet' | 'cidr' | 'macaddr' | 'xml' | 'name' ? string
  : unknown

/** Whether an INSERT names a column: always, when it likes to, or never. */
export type Given = 'required' | 'optional' | 'never'

/** The shape of Kysely's `ColumnType`, so that `Kysely<DatabaseOf<typeof models>>` works; nothing of Kysely is imported. */
export interface ColumnShape<Select, Insert, Update> {
  readonly __select__: Select
  readonly __insert__: Insert
  readonly __update__: Update
}
