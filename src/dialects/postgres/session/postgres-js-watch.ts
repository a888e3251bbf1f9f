/** The two options of a postgres.js handle by which it tells of its connections; it looks them up each time. */
export interface Hooks {
  debug?: unknown
  onclose?: unknown
}

type Tell = (...facts: readonly unknown[]) => void

const watches = new WeakMap<object, Watch>()

/**
 * Watches the connections of a postgres.js handle. A reserved connection that was lost while it was idle must not be sent
 * anything: postgres.js 3.4 then throws where nobody can catch it, and its own error events do not reach who reserved it.
 */
export class Watch {
  readonly #options: Hooks
  readonly #marks = new Map<string, (id: unknown) => void>()
  readonly #closed = new Set<(id: unknown) => void>()
  #debug: unknown

  private constructor(options: Hooks) {
    this.#options = options
    const former = options.onclose
    const hear = (...facts: readonly unknown[]): void => {
      // A copy: who is told takes itself off the list.
      for (const tell of Array.from(this.#closed)) tell(facts[0])
      // The user's own hook, with whatever it is told.
      if (typeof former === 'function') (former as Tell)(...facts)
    }
    Object.assign(options, { onclose: hear })
  }

  static of(options: Hooks): Watch {
    const watch = watches.get(options) ?? new Watch(options)
    watches.set(options, watch)
    return watch
  }

  /** Calls back with the number of each connection that closes, until the result is called. */
  onClose(tell: (id: unknown) => void): () => void {
    this.#closed.add(tell)
    return () => this.#closed.delete(tell)
  }

  /** Calls back with the number of the connection that a text holding the mark is sent over. */
  identify(mark: string, tell: (id: unknown) => void): void {
    if (this.#marks.size === 0) {
      this.#debug = this.#options.debug
      this.#options.debug = (...facts: readonly unknown[]): void => this.#heard(facts)
    }
    this.#marks.set(mark, tell)
  }

  #heard(facts: readonly unknown[]): void {
    if (typeof this.#debug === 'function') (this.#debug as Tell)(...facts)
    const [id, text] = facts
    for (const [mark, tell] of this.#marks) {
      if (typeof text !== 'string' || !text.includes(mark)) continue
      tell(id)
      this.#marks.delete(mark)
    }
    if (this.#marks.size === 0) this.#options.debug = this.#debug
  }
}
