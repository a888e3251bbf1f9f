import type { Outcome } from './wire.ts'
import { outcome } from './wire.ts'

/** What became of one message: its statements in order, and the first row of the last one that gave rows. */
export interface Answer {
  readonly outcomes: readonly Outcome[]
  readonly first: readonly (string | null)[] | undefined
}

/** The parts of node-postgres' protocol layer that are used. */
interface Line {
  query(text: string): void
  sendCopyFail?(message: string): void
}

/**
 * A query object of our own for node-postgres, as those of pg-cursor are: it takes each message of the server itself, so
 * that no parser, row mode or result class of the application comes between. It reaches the client through any layer that
 * hands its query on as it is, and for that layer it is a text.
 */
export class PgMessage extends String {
  /** What the layer that sent it waits for. */
  readonly answer: Promise<Answer>
  /** Whether it came to node-postgres. */
  submitted = false
  readonly #outcomes: Outcome[] = []
  #first: readonly (string | null)[] | undefined
  #awaitsRow = false
  #value: string | null | undefined
  #settle: { resolve(answer: Answer): void; reject(error: unknown): void } = { resolve: () => {}, reject: () => {} }
  #error: unknown

  constructor(text: string) {
    super(text)
    this.answer = new Promise((resolve, reject) => (this.#settle = { resolve, reject }))
    // Who sent it hears of a failure by `answer`; it must not count as unheard meanwhile.
    this.answer.catch(() => {})
  }

  /** node-postgres sends what this asks it to, and gives what is returned to the query's owner as an error. */
  submit(line: Line): null {
    this.submitted = true
    line.query(String(this))
    return null
  }

  handleRowDescription(): void {
    this.#awaitsRow = true
  }

  handleDataRow(message: { readonly fields: readonly (string | null)[] }): void {
    if (this.#awaitsRow) {
      this.#first = message.fields
      this.#value = message.fields[0]
    }
    this.#awaitsRow = false
  }

  handleCommandComplete(message: { readonly text: string }): void {
    const count = Number(message.text.split(' ').at(-1))
    this.#outcomes.push(outcome(message.text, Number.isNaN(count) ? null : count, this.#value))
    this.#value = undefined
  }

  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
  handleCopyData(): void {}

  handleCopyInResponse(line: Line): void {
    line.sendCopyFail?.('No source of rows was given.')
  }

  handleError(error: unknown): void {
    this.#error ??= error
    this.#settle.reject(error)
  }

  handleReadyForQuery(): void {
    if (this.#error === undefined) this.#settle.resolve({ outcomes: this.#outcomes, first: this.#first })
  }
}
