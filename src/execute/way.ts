import type { Approach, Failure, Obstacle, TableLock } from '../dialects/dialect.ts'
import { TrueupError } from '../errors.ts'
import type { PlanStep } from '../plan/plan.ts'
import { displayName } from '../schema/schema.ts'
import type { Execution } from './context.ts'
import { jitter, pause } from './wait.ts'

/** Milliseconds for which a step may have queued its strong requests in vain, over all tries: what others may have waited for it. */
const STALL_BUDGET = 1_000
/** The first try waits so long, each further one a little longer, up to `lockTimeout`: many short tries hold nobody up for long. Milliseconds. */
const FIRST_ASK = 15
const LONGER = 1.06
/** After a try, nobody is asked for ten times as long. */
const REST = 10
/** Between two looks. Milliseconds. */
const LOOK_EVERY = 25
const LOOK_LATER = 50
/** Between two looks for a good moment, and for how long one is looked for before each try. Milliseconds. */
const LOOK_CLOSELY = 8
const GOOD_MOMENT = 500
/** Somebody in the way is told of after this time, and again and again. Milliseconds. */
const TELL_AFTER = 1_000
const TELL_EVERY = 5_000

/** The way to a step's locks: when it may ask, for how long, and when it is given up. */
export class Way {
  readonly #execution: Execution
  readonly #step: PlanStep
  readonly #locks: readonly TableLock[]
  readonly #approach: Approach | null
  readonly #began = Date.now()
  #asks = 0
  #stalled = 0
  #told = 0
  #last: Obstacle | null = null

  constructor(execution: Execution, step: PlanStep, locks: readonly TableLock[]) {
    this.#execution = execution
    this.#step = step
    this.#locks = locks
    this.#approach = execution.dialect.approach?.({ session: execution.session, locks, lockTimeout: execution.lockTimeout }) ?? null
  }

  /** Milliseconds that the next try may queue. */
  get budget(): number {
    const { lockTimeout } = this.#execution
    return this.#approach === null ? lockTimeout : Math.min(lockTimeout, FIRST_ASK * LONGER ** this.#asks)
  }

  /** The locks that a try takes beforehand. */
  get beforehand(): readonly TableLock[] {
    return this.#approach?.beforehand ?? this.#locks
  }

  /**
   * Waits, outside of every queue, until the step may ask.
   *
   * @throws TrueupError `table-lock-timeout` when somebody stays in the way, `interrupted`
   */
  async clear(): Promise<void> {
    if (this.#approach === null) return
    for (let free: number | null = null; ; ) {
      const obstacle = await this.#approach.look()
      if (obstacle === null) {
        free ??= Date.now()
        if (Date.now() - free >= GOOD_MOMENT || !this.#approach.hasJustBegun(this.budget)) return
        await pause(LOOK_CLOSELY, this.#execution.signal)
        continue
      }
      this.#last = obstacle
      if (obstacle.lasting || this.#waited >= this.#execution.lockPatience) throw this.#parked(obstacle)
      this.#tell(obstacle)
      await pause(jitter(this.#waited < TELL_AFTER ? LOOK_EVERY : LOOK_LATER), this.#execution.signal)
    }
  }

  /**
   * After a try that somebody was in the way of: rests, so that those who waited are served first.
   *
   * @throws TrueupError `table-lock-timeout` when the step has cost others enough
   */
  async rest(failure: Failure, elapsed: number, cause: unknown): Promise<void> {
    // Longer than it may queue: it waited for a weak lock, or worked before it waited.
    this.#stalled += Math.min(elapsed, this.budget)
    this.#asks += 1
    if (this.#waited >= this.#execution.lockPatience || this.#stalled >= Math.max(STALL_BUDGET, this.#execution.lockTimeout)) throw this.#gaveUp(failure, cause)
    const unseen = Math.min(LONGEST_REST, FIRST_REST * 1.5 ** this.#asks)
    await pause(jitter(this.#approach === null ? unseen : REST * this.budget), this.#execution.signal)
  }

  get #waited(): number {
    return Date.now() - this.#began
  }

  #tell(obstacle: Obstacle): void {
    if (this.#waited < TELL_AFTER + this.#told * TELL_EVERY) return
    this.#told += 1
    const { logger, onProgress } = this.#execution
    logger.info(`Waiting to ${this.#step.title} (${Math.round(this.#waited / 1000)} s so far, nobody is held up by it): ${obstacle.message}.`)
    onProgress({ event: 'waiting', title: obstacle.message, elapsed: this.#waited, ...(this.#step.entry !== undefined && { entry: this.#step.entry }) })
  }

  #parked(obstacle: Obstacle): TrueupError {
    const how = obstacle.lasting ? 'did not ask for a lock' : `waited ${seconds(this.#waited)} for its end, outside of every queue`
    const asked = this.#asks === 0 ? '' : ` and asked ${this.#asks} times in vain, for ${Math.round(this.#stalled)} ms in all`
    return new TrueupError('table-lock-timeout', `Could not ${this.#step.title}: in the way is ${obstacle.message}. trueup ${how}${asked}.`, {
      hint: `${obstacle.hint} This step is parked: it was not begun, and the steps before it are recorded.`,
      details: { step: this.#step.title, reason: obstacle.kind, blockers: obstacle.blockers, attempts: this.#asks, waited: this.#waited, stalled: Math.round(this.#stalled) },
    })
  }

  #gaveUp(failure: Failure, cause: unknown): TrueupError {
    const tables = [...new Set(this.#step.locks.map((lock) => displayName(lock.relation)))].join(', ')
    const seen = this.#last === null ? '' : ` Last seen in the way: ${this.#last.message}.`
    return new TrueupError('table-lock-timeout', `Could not ${this.#step.title}: ${tables === '' ? 'the database' : tables} was in use at all of ${this.#asks} tries in ${seconds(this.#waited)}, and queries have waited up to ${Math.round(this.#stalled)} ms for them (${failure.message}).${seen}`, {
      hint: `${this.#last?.hint ?? 'Look for a long transaction that holds the table, then start again.'} This step is parked: it was not begun, and the steps before it are recorded.`,
      details: { step: this.#step.title, reason: 'stall-budget', blockers: this.#last?.blockers ?? [], attempts: this.#asks, waited: this.#waited, stalled: Math.round(this.#stalled) }, cause,
    })
  }
}

/** Between two tries of SQL whose locks nobody knows before. Milliseconds. */
const FIRST_REST = 20
const LONGEST_REST = 3_000

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`
