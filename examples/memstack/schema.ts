import { trueup } from 'trueup'
import type { Database, Logger, ModelSource, Trueup } from 'trueup'
import { registry } from './registry.ts'

/** What the service and the command line have in common. */
export function schemaOf(database: Database, models: ModelSource, logger?: Logger): Trueup {
  return trueup({
    database,
    models,
    migrations: registry(database.dialect.name === 'sqlite' ? 'sqlite' : 'postgres'),
    application: 'memstack',
    ...(logger !== undefined && { logger }),
  })
}
