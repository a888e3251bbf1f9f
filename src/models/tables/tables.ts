import type { Flavour, Kind } from '../../schema/schema.ts'
import type { ModelSource } from '../source.ts'
import { Problems } from '../problems.ts'
import type { EnumModel } from './column.ts'
import { readTables } from './read.ts'
import type { TableModel } from './table.ts'
import { isTable } from './table.ts'

export { withExtensions } from '../with-extensions.ts'

export { column, enumType } from './column.ts'
export type { ColumnModel, ColumnName, EnumModel, ReferenceOptions } from './column.ts'
export { check, foreignKey, index, primaryKey, table, unique } from './table.ts'
export type { DatabaseOf, Extra, IndexElement, IndexOptions, RowOf, TableModel, TableOptions } from './table.ts'
export type { ColumnShape, ValueOf } from './values.ts'

const COVERS: readonly Kind[] = ['namespace', 'enum', 'sequence', 'table', 'column', 'constraint', 'index']
const SILENT: readonly Flavour[] = ['exclusion', 'sequence']

/**
 * Models that are written with `table(…)`, for teams whose database library has none: Kysely, Knex, plain drivers.
 *
 * @param models the module (`import * as models from './models.ts'`), or a list; what is no table and no enum is passed over
 * @throws TrueupError `models-invalid` that names table and column
 */
export function fromTables(models: Readonly<Record<string, unknown>> | readonly unknown[]): ModelSource {
  return {
    title: 'declared tables',
    declare({ dialect, defaultSchema }) {
      const problems = new Problems()
      const given: readonly unknown[] = Array.isArray(models) ? models : Object.values(models)
      const tables = given.filter(isTable)
      if (tables.length === 0) problems.add('fromTables', undefined, 'there is no table among what was given', "Give the module: import * as models from './models.ts'.")
      const schema = readTables(distinctTables(tables), given.filter(isEnum), dialect === 'sqlite' ? 'sqlite' : 'postgres', defaultSchema, problems)
      problems.throwIfAny('The declared tables')
      return { form: 'schema', schema: { ...schema, covers: COVERS, silent: SILENT } }
    },
  }
}

/** A module may export one table under two names. */
const distinctTables = (tables: readonly TableModel[]): readonly TableModel[] => [...new Set(tables)]

const isEnum = (value: unknown): value is EnumModel => typeof value === 'object' && value !== null && 'enumName' in value && 'values' in value
