import { trueup } from 'trueup'
import type { Logger, Trueup } from 'trueup'
import { registry } from './registry.ts'
import type { Opened, Place } from './store.ts'

/** The application's database and its trueup. */
export interface App extends Opened {
  readonly schema: Trueup
}

export async function openApp(place: Place, logger?: Logger): Promise<App> {
  // Only the driver that is used is loaded.
  const opened = place.sqlite ? (await import('./sqlite.ts')).openSqlite(place) : (await import('./postgres.ts')).openPostgres(place)
  const schema = trueup({
    database: opened.database,
    models: opened.models,
    migrations: registry(opened.dialect),
    application: 'memstack',
    ...(logger !== undefined && { logger }),
  })
  return { ...opened, schema }
}
