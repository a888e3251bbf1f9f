import type { Pacing } from '../registry/registry.ts'
import { shareOf } from '../registry/registry.ts'

/** Milliseconds that a batch should take: short enough that who waits for one of its rows, for a core, or for the disk to have its part of the log, does not notice. */
const BATCH_TIME = 3
/** At full throttle what a batch costs besides its rows shall not count. */
const BATCH_TIME_FULL = 250
const FIRST = 1_000
const SMALLEST = 200
const LARGEST = 20_000
/** So many batches make what is usual, and so many are looked at together later. */
const EARLY = 8
const LATE = 3
/** A row that costs so many times what it did at the beginning says that others wait, too. */
const RISEN = 3
/** Milliseconds. What a shorter batch costs is mostly not its rows. */
const TELLING = 1
const LONGEST_REST = 10_000
/** Going over a row costs about this share of changing it. */
const READING = 0.15

export interface Rest {
  readonly milliseconds: number
  /** Why it is longer than the pace asks; `null`: it is not. */
  readonly because: string | null
}

/** Decides how large a batch is and how long to rest after it. */
export class Pacer {
  readonly #target: number
  readonly #largest: number
  readonly #share: number
  readonly #costs: number[] = []
  #size: number
  #usual: number | null = null

  constructor(pacing: Pacing) {
    const { batchTime, batchSize } = pacing
    this.#share = shareOf(pacing)
    this.#target = batchTime ?? (this.#share === 1 ? BATCH_TIME_FULL : BATCH_TIME)
    this.#largest = batchSize ?? LARGEST
    this.#size = Math.min(FIRST, this.#largest)
  }

  /** Rows of the next batch. */
  get size(): number {
    return this.#size
  }

  after(batch: { readonly milliseconds: number; readonly read: number; readonly changed: number }): Rest {
    const { milliseconds } = batch
    const wanted = this.#size * Math.min(2, this.#target / Math.max(1, milliseconds))
    this.#size = Math.round(Math.min(this.#largest, Math.max(Math.min(SMALLEST, this.#largest), wanted)))
    const rest = milliseconds * (1 / this.#share - 1)
    const risen = this.#share === 1 ? 1 : this.#risen(batch)
    if (risen < RISEN) return { milliseconds: rest, because: null }
    return {
      milliseconds: Math.min(Math.max(rest, LONGEST_REST), rest * risen + milliseconds * risen),
      because: `a row takes ${risen.toFixed(1)} times as long as at the beginning: the server is busy`,
    }
  }

  /** How many times its early cost a row costs now: the median of the last batches over that of the first. */
  #risen({ milliseconds, read, changed }: { readonly milliseconds: number; readonly read: number; readonly changed: number }): number {
    if (milliseconds < TELLING) return 1
    this.#costs.push(milliseconds / (changed + READING * read))
    if (this.#usual === null) {
      if (this.#costs.length < EARLY) return 1
      this.#usual = median(this.#costs)
    }
    if (this.#costs.length > EARLY) this.#costs.shift()
    return median(this.#costs.slice(-LATE)) / this.#usual
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
