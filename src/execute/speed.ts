import type { Progress } from '../api.ts'
import type { Batches } from '../dialects/dialect.ts'

/** The rate is that of so many last milliseconds: what came before a pause says little of what comes. */
const LATELY = 30_000

/** Tells how far a walk is, how fast, and how long it will take. */
export class Speed {
  readonly #of: number | null
  readonly #toRead: number | null
  readonly #samples: { readonly at: number; readonly read: number }[] = [{ at: Date.now(), read: 0 }]
  #read = 0

  constructor({ toChange, toRead }: Batches, changed: number) {
    this.#of = toChange === null ? null : toChange + changed
    this.#toRead = toRead
  }

  /** After a batch that went over so many rows. */
  after(read: number, changed: number, isLast: boolean): Pick<Progress, 'rows' | 'of' | 'rate' | 'remaining'> {
    this.#read += read
    const now = Date.now()
    this.#samples.push({ at: now, read: this.#read })
    while (this.#samples.length > 2 && now - (this.#samples[0]?.at ?? now) > LATELY) this.#samples.shift()
    const [first] = this.#samples
    const rate = first === undefined || now === first.at ? null : ((this.#read - first.read) / (now - first.at)) * 1000
    const left = this.#toRead === null ? null : Math.max(0, this.#toRead - this.#read)
    return {
      rows: changed,
      of: Math.max(this.#of ?? changed, changed),
      ...(rate !== null && { rate: Math.round(rate) }),
      ...(isLast ? { remaining: 0 } : rate !== null && rate > 0 && left !== null && { remaining: Math.round((left / rate) * 1000) }),
    }
  }
}
