import type { Logger, Report } from 'trueup'
import { openApp } from './app.ts'
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
  const app = await openApp(place, logger)
  const older = await app.loadOlder()
  const report = await app.schema.applyMigrations()
  const server = await serve(app.store, port)
  return {
    url: server.url, report, older, store: app.store,
    async stop() {
      await server.close()
      await app.schema.close()
      await app.close()
    },
  }
}
