import type { EntryFact } from '../plan/input.ts'
import type { Plan } from '../plan/plan.ts'
import type { Diagnostic, Severity } from './diagnostic.ts'

/** One rule: policy over facts that others found. */
export interface Rule {
  readonly code: string
  /** What it is unless the user says otherwise. */
  readonly severity: Severity
  check(input: { readonly plan: Plan; readonly facts: readonly EntryFact[]; readonly orphaned: readonly string[] }): readonly Omit<Diagnostic, 'code' | 'severity'>[]
}
