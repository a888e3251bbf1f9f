import type { Parse } from '../../dialects/postgres/analyse/analyse.ts'
import { TrueupError } from '../../errors.ts'

/** PostgreSQL's own parser as WebAssembly; `null` where it is not installed. Only the command line ever loads it. */
export async function findParser(): Promise<Parse | null> {
  try {
    const { loadModule, parseSync } = await import('libpg-query')
    await loadModule()
    return parseSync
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'

/** @throws TrueupError `driver-missing` where it is not installed */
export async function requireParser(): Promise<Parse> {
  const parse = await findParser()
  if (parse !== null) return parse
  throw new TrueupError('driver-missing', "SQL of PostgreSQL is read with PostgreSQL's own parser, and the package libpg-query is not installed.", {
    hint: 'Run `npm install --save-dev libpg-query`. It is WebAssembly: nothing is compiled. Files of SQLite need none: --dialect sqlite.',
  })
}
