import { trueup } from '../../src/index.ts'
import type { Migration, Report, Trueup, TrueupOptions } from '../../src/index.ts'
import type { ModelSource } from '../../src/models/source.ts'
import type { Place, Target } from '../start/targets.ts'
import { targets } from '../start/targets.ts'

export type Options = Partial<Omit<TrueupOptions, 'database' | 'models'>>

export const app = (place: Place, models: ModelSource, migrations: readonly Migration[] = [], options: Options = {}): Trueup =>
  trueup({ database: place.database(), models, migrations, logger: false, longSteps: 'wait', ...options })

export const start = (place: Place, models: ModelSource, migrations: readonly Migration[] = [], options: Options = {}): Promise<Report> =>
  app(place, models, migrations, options).applyMigrations()

/** The newest server: what these scenarios ask of it has not changed between versions. */
export const server: Target | undefined = targets().filter((target) => target.dialect === 'postgres' && target.shared).at(-1)
export const sqlite: Target = targets().filter((target) => target.dialect === 'sqlite').at(-1) as Target

/** PostgreSQL and SQLite. */
export const engines: readonly Target[] = server === undefined ? [sqlite] : [server, sqlite]

export async function onEmpty(target: Target | undefined, play: (place: Place) => Promise<void>): Promise<void> {
  if (target === undefined) return
  const place = await target.place()
  try {
    await play(place)
  } finally {
    await place.close()
  }
}

export const number = async (place: Place, query: string): Promise<number> => Number(Object.values((await place.rows(query))[0] ?? {})[0])
export const rejection = (work: Promise<unknown>): Promise<unknown> => work.then(() => new Error('it went through'), (reason: unknown) => reason)
