import { trueup } from 'trueup'
import type { Logger, Trueup } from 'trueup'
import { openPostgres } from './postgres.ts'
import { registry } from './registry.ts'
import { openSqlite } from './sqlite.ts'
import type { Opened, Place } from './store.ts'

/** The application's database and its trueup. */
export interface App extends Opened {
  readonly schema: Trueup
}

export async function openApp(place: Place, logger?: Logger): Promise<App> {
  const opened = place.sqlite ? openSqlite(place) : await openPostgres(place)
  const schema = trueup({
    database: opened.database,
    models: opened.models,
    migrations: registry(opened.dialect),
    application: 'memstack',
    ...(logger !== undefined && { logger }),
  })
  return { ...opened, schema }
}
