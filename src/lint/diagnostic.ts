/** How much a rule's finding weighs: an error is refused, a warning is told, an info is told in a word. */
export const SEVERITIES = ['off', 'info', 'warning', 'error'] as const
export type Severity = (typeof SEVERITIES)[number]

/** Where a finding stands in a text. Lines and columns count from one, columns in characters. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** What a rule found. */
export interface Diagnostic {
  /** Stable; each has a page `docs/rules/<code>.md`. */
  readonly code: string
  readonly severity: Exclude<Severity, 'off'>
  /** The step's title, the entry's id, or the statement's first line. */
  readonly subject: string
  readonly message: string
  /** Why that is so, with the versions for which it was found. */
  readonly why?: string
  /** The safe way. */
  readonly hint?: string
  readonly place?: Place
  /** The registry entry that it is about. */
  readonly entry?: string
}
