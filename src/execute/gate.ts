import type { PlanStep } from '../plan/plan.ts'
import type { Pacing } from '../registry/registry.ts'
import type { Execution } from './context.ts'
import { pause } from './wait.ts'
import { isOpen } from './window.ts'

/** Milliseconds between two looks at what holds a walk up, and between two reports of it. */
const LOOK_EVERY = 1_000
const TELL_EVERY = 5_000
/** A log shall not fill with a night of waiting. */
const LOG_EVERY = 60_000
/** The database's clock is read again after this time. Milliseconds. */
const CLOCK_EVERY = 60_000

/** Where a walk waits between two batches: for its hours, and for standbys that are behind. Every wait is told with its reason. */
export class Gate {
  readonly #execution: Execution
  readonly #step: PlanStep
  readonly #pacing: Pacing
  /** By how much the database's clock is ahead of ours. */
  #ahead = 0
  #clockRead = Number.NEGATIVE_INFINITY
  #lagAsked = Number.NEGATIVE_INFINITY
  #isBlind = false
  #told = Number.NEGATIVE_INFINITY
  #logged = Number.NEGATIVE_INFINITY

  constructor(execution: Execution, step: PlanStep, pacing: Pacing) {
    this.#execution = execution
    this.#step = step
    this.#pacing = pacing
  }

  /**
   * Returns when the next batch may be sent.
   *
   * @throws TrueupError `interrupted`
   */
  async pass(): Promise<void> {
    const began = Date.now()
    for (let reason = await this.#obstacle(); reason !== null; reason = await this.#obstacle()) {
      this.tell(reason, Date.now() - began)
      await pause(LOOK_EVERY, this.#execution.signal)
    }
    if (this.#logged >= began) this.#execution.logger.info(`Going on: ${this.#step.title}.`)
  }

  /** At most every few seconds, in the log every minute. */
  tell(reason: string, elapsed = 0): void {
    if (Date.now() - this.#told < TELL_EVERY) return
    this.#told = Date.now()
    const { logger, onProgress } = this.#execution
    if (this.#told - this.#logged >= LOG_EVERY) {
      this.#logged = this.#told
      logger.info(`Paused: ${this.#step.title}, because ${reason}.`)
    }
    onProgress({ event: 'paused', title: this.#step.title, reason, elapsed, ...(this.#step.entry !== undefined && { entry: this.#step.entry }) })
  }

  async #obstacle(): Promise<string | null> {
    return (await this.#closed()) ?? (await this.#behind())
  }

  async #closed(): Promise<string | null> {
    const { window } = this.#pacing
    if (window === undefined) return null
    if (Date.now() - this.#clockRead >= CLOCK_EVERY) {
      const { session, dialect } = this.#execution
      const { ledger } = dialect
      const [row] = (await session.json<readonly { readonly now: string }[]>(`SELECT ${ledger.jsonRows({ now: ledger.isoText(ledger.now) }, '(SELECT 1) AS one')}`)) ?? []
      this.#clockRead = Date.now()
      this.#ahead = row === undefined ? 0 : Date.parse(row.now) - this.#clockRead
    }
    if (isOpen(window, new Date(Date.now() + this.#ahead))) return null
    return `it runs from ${window.from} to ${window.to} only (${window.timeZone ?? 'UTC'})`
  }

  async #behind(): Promise<string | null> {
    const { maxReplicaLag } = this.#pacing
    const { dialect, session, logger } = this.#execution
    if (maxReplicaLag === undefined || dialect.replicaLag === undefined || this.#isBlind || Date.now() - this.#lagAsked < LOOK_EVERY / 2) return null
    this.#lagAsked = Date.now()
    const { milliseconds, name, isVisible } = await dialect.replicaLag(session)
    if (!isVisible) {
      this.#isBlind = true
      logger.warn(`This role may not see how far standbys are behind: maxReplicaLag has no effect on ${this.#step.title}. GRANT pg_monitor to it.`)
      return null
    }
    if (milliseconds === null || milliseconds <= maxReplicaLag) return null
    return `standby ${name ?? '(without a name)'} is ${(milliseconds / 1000).toFixed(1)} s behind, more than ${maxReplicaLag} ms`
  }
}
