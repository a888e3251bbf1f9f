import type { Session } from '../dialects/dialect.ts'
import type { HeldTableLock } from '../dialects/rehearsal.ts'

/** Milliseconds between two looks. */
const EVERY = 10

export interface SeenLock {
  readonly lock: HeldTableLock
  /** `performance.now()` of the first look that saw it, and of the last. */
  readonly first: number
  readonly last: number
}

/** Looks again and again at what another session holds, until it is ended. A look that fails ends it early. */
export function follow(session: Session, query: string): { end(): Promise<ReadonlyMap<string, SeenLock>> } {
  const seen = new Map<string, SeenLock>()
  const state = { going: true }
  const look = async (): Promise<void> => {
    while (state.going) {
      const at = performance.now()
      const held = (await session.json<readonly HeldTableLock[]>(query)) ?? []
      for (const lock of held) {
        const key = lockKey(lock)
        seen.set(key, { lock, first: seen.get(key)?.first ?? at, last: performance.now() })
      }
      if (state.going) await new Promise((resolve) => setTimeout(resolve, EVERY))
    }
  }
  // What is not seen is not known; the rehearsal itself goes on.
  const looking = look().catch(() => {})
  return {
    end: async () => {
      state.going = false
      await looking
      return seen
    },
  }
}

export const lockKey = ({ schema, name, mode }: HeldTableLock): string => `${schema}\u0000${name}\u0000${mode}`
