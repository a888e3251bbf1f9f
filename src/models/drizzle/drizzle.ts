import type { Schema } from '../../schema/schema.ts'
import type { Declared, DeclareContext, ModelSource } from '../source.ts'
import { casingOfHandle, collect } from './collect.ts'
import type { Reading } from './reading.ts'
import { placeOf } from './reading.ts'
import { postgresNotation, sqliteNotation } from './literal.ts'
import type { Casing } from './names.ts'
import { casingOf, createNames, unsettledKeys } from './names.ts'
import { postgresSchema } from './postgres.ts'
import { Problems } from '../problems.ts'
import { sqliteSchema } from './sqlite.ts'

export { withExtensions } from '../with-extensions.ts'

export type { Casing } from './names.ts'

export interface DrizzleOptions {
  /**
   * The `casing` that the application gives to `drizzle(…)` of drizzle-orm before 1.0. Read from the handle when a handle is
   * given; 1.0 settles names in the tables themselves (`snakeCase.table(…)`).
   */
  readonly casing?: Casing
  /** Tables that belong to others, such as Supabase's `authUsers`: foreign keys may point at them, they are not managed. */
  readonly external?: readonly object[]
}

/**
 * Reads Drizzle models: tables, enums, sequences, schemas, views and policies; relations and everything else are passed over.
 *
 * @param models the module (`import * as models from './models.ts'`), a list of tables or modules, or a `db` handle that was
 *   made with `{ schema }`. drizzle-orm 0.45 and 1.0 are known; nothing of it is imported here.
 *
 * `$defaultFn` and `$onUpdate` live in the application and never reach the database. Names that Drizzle makes up are used to
 * create things and are not compared.
 */
export function fromDrizzle(models: Readonly<Record<string, unknown>> | readonly unknown[] | object, options: DrizzleOptions = {}): ModelSource {
  return {
    title: 'Drizzle models',
    declare: (context) => declare(models, options, context),
  }
}

function declare(models: object, options: DrizzleOptions, context: DeclareContext): Declared {
  const problems = new Problems()
  const convert = options.casing === undefined ? (casingOfHandle(models) ?? casingOf(undefined)) : casingOf(options.casing)
  const sqlite = context.dialect === 'sqlite'
  const reading: Reading = {
    models: collect(models, context.dialect, problems),
    names: createNames(sqlite ? 'sqlite' : 'postgres', convert),
    notation: sqlite ? sqliteNotation : postgresNotation,
    problems,
    defaultSchema: context.defaultSchema,
    external: new Set(options.external ?? []),
  }
  checkTables(reading, convert)
  const schema: Schema = sqlite ? sqliteSchema(reading) : postgresSchema(reading)
  problems.throwIfAny('The Drizzle models')
  return { form: 'schema', schema }
}

function checkTables(reading: Reading, convert: (name: string) => string): void {
  const known = new Map<string, string>()
  for (const [table, subject] of reading.models.tables) {
    const place = placeOf(reading, table, subject)
    const key = `${place.schema}\u0000${place.name}`
    const other = known.get(key)
    if (other !== undefined) reading.problems.add(subject, undefined, `it has the same table name as ${other}: ${place.name}`, 'Give one of them another name.')
    known.set(key, subject)
    for (const column of unsettledKeys(table, convert)) {
      reading.problems.add(subject, column, 'the option `casing` has no effect on tables of drizzle-orm 1.0', 'Use snakeCase.table(…) or name the column.')
    }
  }
}
