import type { Problem } from '../errors.ts'
import { TrueupError } from '../errors.ts'

/** A reason why a part of a model cannot be carried; caught where the model and the field are known. */
export class Refusal extends Error {
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

/** Collects every finding, so that the reader of the error sees all at once. */
export class Problems {
  readonly #found: Problem[] = []

  get none(): boolean {
    return this.#found.length === 0
  }

  add(subject: string, field: string | undefined, message: string, hint?: string): void {
    this.#found.push({ subject, message, ...(field !== undefined && { field }), ...(hint !== undefined && { hint }) })
  }

  /** The result of `work`, or `otherwise` with a finding when it throws. */
  attempt<T>(subject: string, field: string | undefined, otherwise: T, work: () => T): T {
    try {
      return work()
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      this.add(subject, field, message, error instanceof Refusal ? error.hint : undefined)
      return otherwise
    }
  }

  /**
   * @throws TrueupError `models-invalid` with all findings, when there is one
   */
  throwIfAny(title: string): void {
    if (this.#found.length === 0) return
    const count = this.#found.length === 1 ? 'one problem' : `${this.#found.length} problems`
    throw new TrueupError('models-invalid', `${title} cannot be read: ${count}.`, {
      problems: this.#found,
      hint: 'Mend the models named above. Nothing was changed in the database.',
    })
  }
}
