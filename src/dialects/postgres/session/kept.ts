import type { Wire } from './wire.ts'

/**
 * The statements of a session that the server plans once, and then keeps under a name: planning the question that every look
 * asks takes longer than answering it. Only on a connection that ends with the session, and past no pooler, so that no name
 * stays behind for others; a session that asks once does not even find out whether it might.
 */
export class Kept {
  readonly #wire: Wire
  readonly #names = new Map<string, string>()
  /** No two sessions have the same names: where a server were another one after all, it would know none of ours. */
  readonly #token = globalThis.crypto.randomUUID()
  #generation = 0
  #asked = 0
  #isOurs: boolean | null = null

  constructor(wire: Wire) {
    this.#wire = wire
  }

  /** The name to send a statement with; `null` where it is sent as it is. */
  async nameOf(statement: string): Promise<string | null> {
    this.#asked += 1
    if (this.#asked === 1 || this.#wire.afterUse !== 'nothing' || this.#wire.kept === undefined) return null
    this.#isOurs ??= (await this.#wire.text('SELECT pg_catalog.pg_backend_pid()::text')) === String(this.#wire.told())
    if (!this.#isOurs) return null
    const name = this.#names.get(statement) ?? `trueup_${this.#token}_${this.#generation}_${this.#names.size}`
    this.#names.set(statement, name)
    return name
  }

  /** The server does not know them any more: an author's statement took them away. */
  forget(): void {
    this.#names.clear()
    this.#generation += 1
  }
}

/** What a server says of a name that it does not know. */
export const UNKNOWN_STATEMENT = '26000'
