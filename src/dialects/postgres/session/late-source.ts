import type { Source } from './source.ts'

/** A handle that is only reached by waiting, and what lets go of it, where it was made for us. */
export interface Reached {
  readonly source: Source
  readonly end?: (() => Promise<void>) | undefined
}

/** A source that is found out at its first use. Until then it is known by `address`. */
export function lateSource(address: string, reach: () => Promise<Reached>): Source {
  let reaching: Promise<Reached> | null = null
  let reached: Reached | null = null
  const get = async (): Promise<Source> => {
    reaching ??= reach()
    try {
      reached = await reaching
      return reached.source
    } catch (error) {
      reaching = null
      throw error
    }
  }
  return {
    get address() {
      return reached?.source.address ?? address
    },
    get embedded() {
      return reached?.source.embedded
    },
    get several() {
      return reached?.source.several ?? false
    },
    connect: async (patience) => (await get()).connect(patience),
    elsewhere: (database) => reached?.source.elsewhere(database) ?? null,
    close: async () => {
      const former = reached
      reaching = reached = null
      await former?.source.close()
      await former?.end?.()
    },
  }
}
