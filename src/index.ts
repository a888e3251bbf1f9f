/** The public names. Databases, model sources, the file door and the command line have doors of their own. */
export { trueup } from './trueup.ts'
export { compare } from './methods/compare.ts'
export { snapshot } from './methods/snapshot.ts'
export { sql } from './sql.ts'
export { TrueupError, isTrueupError } from './errors.ts'
export { VERSION } from './version.ts'
export type { Sql } from './sql.ts'
export type { ErrorCode, Problem } from './errors.ts'
export type {
  ApplyOptions, BaselineReport, Check, FreshCheck, HistoryRun, Logger, PlanOptions, Progress, Report, RollbackOptions, RollbackReport, Status, Trueup, TrueupOptions,
} from './api.ts'
export type { Migration, RunContext } from './registry/registry.ts'
export type { Plan } from './plan/plan.ts'
export type { Database } from './dialects/dialect.ts'
export type { ModelSource } from './models/source.ts'
export type { Schema } from './schema/schema.ts'
