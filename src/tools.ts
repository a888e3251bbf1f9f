/** The door for programs that work with schemas as data: read one, write it down as files. */
export { readSchema } from './methods/compare.ts'
export { sqlFiles, SQL_MARK } from './pull/sql-files.ts'
export type { PulledFile, SqlFilesRequest } from './pull/sql-files.ts'
export type { Comparison, CompareOptions, DescribeOptions, Description, ReadOptions, SchemaSource } from './methods/compare.ts'
export { postgresModels } from './pull/drizzle/postgres.ts'
export { sqliteModels } from './pull/drizzle/sqlite.ts'
export { DRIZZLE_MARK } from './pull/drizzle/writing.ts'
export type { Models } from './pull/drizzle/models.ts'
