import { jitter } from './wait.ts'

/** Milliseconds between two looks after work that others have begun: soon at first, then rarely. */
const FIRST_LOOK = 2_000
const LONGEST_REST = 30_000

/** What goes on in this process after a start: it never rejects, keeps count, and ends when it is told to. */
export class Background {
  #closing = new AbortController()
  readonly #works = new Set<Promise<void>>()
  #watch: Promise<void> | null = null

  /** Aborted by `close`. */
  get signal(): AbortSignal {
    return this.#closing.signal
  }

  /** @param work - settles its own failures; one that it lets through is handed to `failed` */
  run(work: () => Promise<void>, failed: (error: unknown) => void): void {
    const running: Promise<void> = work().catch(failed).finally(() => this.#works.delete(running))
    this.#works.add(running)
  }

  /** Looks again and again, while nothing of our own is at work, until `look` says that it is done. One watch at a time; no process stays for it. */
  watch(look: () => Promise<boolean>, signal: AbortSignal | undefined): void {
    const closing = this.#closing.signal
    this.#watch ??= this.#looks(look, () => closing.aborted || signal?.aborted === true, closing).finally(() => {
      this.#watch = null
    })
  }

  /** Resolves when nothing of our own is at work. */
  async settled(): Promise<void> {
    while (this.#works.size > 0) await Promise.all(this.#works)
  }

  /** Waits for work of our own, for so many milliseconds at the most. @returns true when there was some and it has ended */
  async endsWithin(milliseconds: number): Promise<boolean> {
    if (this.#works.size === 0) return false
    const over = new AbortController()
    await Promise.race([this.settled(), rest(milliseconds, over.signal)])
    over.abort()
    return this.#works.size === 0
  }

  /** Parks all work and waits until it has parked. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.settled()
    await this.#watch
    this.#closing = new AbortController()
  }

  async #looks(look: () => Promise<boolean>, isOver: () => boolean, closing: AbortSignal): Promise<void> {
    for (let wait = FIRST_LOOK; ; wait = Math.min(LONGEST_REST, wait * 1.5)) {
      await rest(jitter(wait), closing)
      if (isOver()) return
      if (this.#works.size > 0) continue
      if (await look().catch(() => false)) return
    }
  }
}

function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    timer.unref()
    if (signal.aborted) done()
    else signal.addEventListener('abort', done, { once: true })
  })
}

/** Aborts as soon as one of several signals does. */
export function anyOf(signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  const controller = new AbortController()
  for (const signal of signals) {
    if (signal?.aborted === true) controller.abort()
    else signal?.addEventListener('abort', () => controller.abort(), { once: true })
  }
  return controller.signal
}
