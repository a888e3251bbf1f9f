/** What a rule found. */
export interface Diagnostic {
  /** Stable; each has a page `docs/rules/<code>.md`. */
  readonly code: string
  readonly severity: 'warning' | 'error'
  /** The step's title or the entry's id. */
  readonly subject: string
  readonly message: string
  /** The safe way. */
  readonly hint?: string
}
