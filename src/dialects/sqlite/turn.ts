/**
 * Hands one connection to one session at a time: what runs inside a session's transaction must not mix with the statements
 * of another session over the same connection.
 */
export class Turn {
  #owner: object | null = null
  readonly #waiting: (() => void)[] = []

  /** True while this session has the connection. */
  isHeldBy(session: object): boolean {
    return this.#owner === session
  }

  /** Runs `work` while nobody else uses the connection. A session that has it already goes on at once. */
  async use<T>(session: object, work: () => T | Promise<T>): Promise<T> {
    if (this.#owner === session) return await work()
    while (this.#owner !== null) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#owner = session
    try {
      return await work()
    } finally {
      this.#owner = null
      this.#waiting.shift()?.()
    }
  }
}
