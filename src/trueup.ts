import type { Trueup, TrueupOptions } from './api.ts'
import { Background, applyMigrations } from './methods/apply.ts'
import { baseline } from './methods/baseline.ts'
import { checkFresh } from './methods/check-fresh.ts'
import { examine } from './methods/examine.ts'
import { history } from './methods/history.ts'
import { rollback } from './methods/rollback.ts'
import { check, plan, status } from './methods/status.ts'
import { makeApp } from './survey/context.ts'

/**
 * Joins a database, models and migrations. Checks the shape of everything and opens nothing.
 *
 * @throws TrueupError `config-invalid`, `registry-invalid`
 */
export function trueup(options: TrueupOptions): Trueup {
  const app = makeApp(options)
  const background = new Background()
  return {
    options,
    applyMigrations: (call) => applyMigrations(app, call, background),
    status: () => status(app),
    check: () => check(app),
    checkFresh: () => checkFresh(app),
    plan: (call) => plan(app, call),
    rollback: (call) => rollback(app, call),
    history: (call) => history(app, call),
    baseline: () => baseline(app),
    examine: () => examine(app),
    settled: () => background.settled(),
    close: async () => {
      await background.close()
      await options.database.close()
    },
  }
}
