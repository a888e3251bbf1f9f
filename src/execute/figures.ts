import type { Progress } from '../api.ts'
import { figuresKey, type WalkFigures } from '../ledger/ledger.ts'
import { openKey } from '../plan/open.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { Journal } from './journal.ts'

/** Milliseconds after which others are told anew. */
const EVERY = 2_000

/** Tells others through the ledger how a walk gets on: with a batch now and then, so that it costs no turn of its own. */
export class Figures {
  readonly #journal: Journal
  readonly #key: string
  #now: WalkFigures | null = null
  #told = 0

  constructor(journal: Journal, step: PlanStep) {
    this.#journal = journal
    this.#key = figuresKey(openKey(step))
  }

  /** What is sent with the next batch, which is nothing most of the time. */
  due(): readonly string[] {
    if (this.#now === null || Date.now() - this.#told < EVERY) return []
    this.#told = Date.now()
    return this.#journal.state(this.#key, JSON.stringify(this.#now))
  }

  /** After a batch. */
  keep({ rows = 0, of = 0, rate, remaining }: Pick<Progress, 'rows' | 'of' | 'rate' | 'remaining'>): void {
    this.#now = { rows, ...(of > rows && { of }), ...(rate !== undefined && { rate }), ...(remaining !== undefined && { remaining }) }
  }

  /** Those of an earlier try say nothing of this one, and when it is done there is nothing to say. */
  forget(): readonly string[] {
    return this.#journal.forgetState(this.#key)
  }
}
