import type { Logger, Report } from 'trueup'
import { schemaOf } from './schema.ts'
import { serve } from './server.ts'
import type { Place, Store } from './store.ts'

/** A running application. */
export interface Running {
  readonly url: string
  readonly report: Report
  readonly store: Store
  /** True when there was no database and the older one was loaded first. */
  readonly older: boolean
  stop(): Promise<void>
}

/** What every start does: open the database, bring it into line, then listen. */
export async function start(place: Place, port: number, logger: Logger): Promise<Running> {
  // Only the driver that is used is loaded.
  const opened = place.sqlite ? (await import('./sqlite.ts')).openSqlite(place) : (await import('./postgres.ts')).openPostgres(place)
  const older = await opened.loadOlder()
  const schema = schemaOf(opened.database, opened.models, logger)
  const report = await schema.applyMigrations()
  const server = await serve(opened.store, port)
  return {
    url: server.url, report, older, store: opened.store,
    async stop() {
      await server.close()
      await schema.close()
      await opened.close()
    },
  }
}
