import { existsSync } from 'node:fs'
import type { Check, Status, Trueup } from '../../api.ts'
import { isTrueupError } from '../../errors.ts'

/** What the written configuration says of the database; or why it could not be asked, and what to do. */
export type Look =
  | { readonly reached: true; readonly address: string; readonly check: Check; readonly others: Status['others'] }
  | { readonly reached: false; readonly because: string; readonly hint: string }

const PATIENCE = 5_000

/** Loads the configuration as every other command does, and asks the database. Changes nothing, and waits for nobody. */
export async function look(load: () => Promise<Trueup>): Promise<Look> {
  try {
    const app = await load()
    const { database } = app.options
    const missing = fileThatIsMissing(database.url?.())
    if (missing !== null) return { reached: false, because: `${database.address}: there is no such file yet.`, hint: 'Correct the path in the configuration, or run `trueup apply` to make the database.' }
    const session = await database.open({ connectTimeout: PATIENCE })
    await session.release()
    return { reached: true, address: database.address, check: await app.check(), others: (await app.status()).others }
  } catch (error) {
    if (isTrueupError(error)) return { reached: false, because: [error.message, ...error.problems.map((one) => `${one.subject}: ${one.message}`)].join('\n'), hint: error.hint ?? `See ${error.page}.` }
    return { reached: false, because: error instanceof Error ? error.message : String(error), hint: 'Correct the configuration, then run `trueup check`.' }
  }
}

/** An embedded database that is only opened would be made. */
function fileThatIsMissing(url: string | undefined): string | null {
  if (url === undefined || url === '' || url.includes(':memory:') || /^(postgres|postgresql):/i.test(url)) return null
  const path = url.replace(/^(pglite|file|sqlite):(\/\/(?=\/|$))?/i, '').replace(/\?.*$/s, '')
  return path === '' || path === '//memory' || existsSync(path) ? null : path
}
