import { cutName, NAME_BYTES } from '../made-up-names.ts'
import type { DrizzleColumn } from './entity.ts'
import { columnsOf, isModern } from './entity.ts'

export type Casing = 'snake_case' | 'camelCase'

type WithName = { readonly name: string; readonly keyAsName?: boolean; readonly table?: object }

/** The names that things have in the database. */
export interface Names {
  column(column: WithName): string
  /** A name that the user wrote, as the server will keep it. */
  written(name: string): string
  /** A name that Drizzle makes up. Differs from all others of the schema. */
  madeUp(schema: string, table: object, key: MadeUp): string
}

/** What a made-up name is made of. */
export type MadeUp =
  | { readonly for: 'primaryKey' | 'unique' | 'tableUnique' | 'index'; readonly columns: readonly string[] }
  | { readonly for: 'foreignKey'; readonly columns: readonly string[]; readonly toTable: string; readonly toColumns: readonly string[] }

/** Names for one reading of the models. */
export function createNames(dialect: 'postgres' | 'sqlite', convert: (name: string) => string): Names {
  const cut = dialect === 'postgres' ? (name: string): string => cutName(name) : (name: string): string => name
  const taken = new Set<string>()
  return {
    // 1.0 converts the names itself, when the table is made.
    column: (column) => cut(column.keyAsName === true && !(column.table !== undefined && isModern(column.table)) ? convert(column.name) : column.name),
    written: cut,
    madeUp(schema, table, key) {
      const whole = dialect === 'postgres' && isModern(table) ? modernName(rawName(table), key) : classicName(rawName(table), key)
      for (let count = 1; ; count++) {
        const name = count === 1 ? cut(whole) : `${cutName(whole, NAME_BYTES - `_${count}`.length)}_${count}`
        const place = `${schema}\u0000${name}`
        if (taken.has(place)) continue
        taken.add(place)
        return name
      }
    },
  }
}

const rawName = (table: object): string => String(Reflect.get(table, Symbol.for('drizzle:Name')))

/** The names that drizzle-kit 0.31 gives. */
function classicName(table: string, key: MadeUp): string {
  switch (key.for) {
    case 'primaryKey':
      return [table, ...key.columns, 'pk'].join('_')
    case 'unique':
    case 'tableUnique':
      return [table, ...key.columns, 'unique'].join('_')
    case 'index':
      return [table, ...key.columns, 'index'].join('_')
    case 'foreignKey':
      return [table, ...key.columns, key.toTable, ...key.toColumns, 'fk'].join('_')
  }
}

/** The names that drizzle-kit 1.0 gives: some are PostgreSQL's own, those of indexes and of a table's unique keys are the old ones. */
function modernName(table: string, key: MadeUp): string {
  switch (key.for) {
    case 'primaryKey':
      return `${table}_pkey`
    case 'unique':
      return [table, ...key.columns, 'key'].join('_')
    case 'tableUnique':
    case 'index':
      return classicName(table, key)
    case 'foreignKey':
      return [table, ...key.columns, key.toTable, ...key.toColumns, 'fkey'].join('_')
  }
}

/** The name that 0.45 puts into a column's `uniqueName` when the user gave none: from the key, before casing. */
export const classicUniqueName = (table: string, column: DrizzleColumn): string => `${table}_${column.name}_unique`

/** The conversion of drizzle-orm 0.45, which knows ASCII letters only. */
export function casingOf(casing: Casing | undefined): (name: string) => string {
  if (casing === undefined) return (name) => name
  return casing === 'snake_case' ? (name) => words(name).join('_') : (name) => words(name).map(capitalAfterFirst).join('')
}

const words = (name: string): readonly string[] =>
  (name.replace(/['\u2019]/g, '').match(/[\da-z]+|[A-Z]+(?![a-z])|[A-Z][\da-z]+/g) ?? []).map((word) => word.toLowerCase())

const capitalAfterFirst = (word: string, index: number): string => (index === 0 ? word : `${word.charAt(0).toUpperCase()}${word.slice(1)}`)

/** Keys whose names the `casing` option would change although 1.0 has already settled them. */
export function unsettledKeys(table: object, convert: (name: string) => string): readonly string[] {
  if (!isModern(table)) return []
  return Object.values(columnsOf(table))
    .filter((column) => column.keyAsName === true && convert(column.name) !== column.name)
    .map((column) => column.name)
}
