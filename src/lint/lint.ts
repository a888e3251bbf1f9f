import type { EntryFact } from '../plan/input.ts'
import type { Plan } from '../plan/plan.ts'
import { RULES } from './rules.ts'
import type { Diagnostic, Severity } from './diagnostic.ts'

export type { Diagnostic, Severity } from './diagnostic.ts'

/** What the rules judge: facts, no connection. */
export interface LintInput {
  readonly plan: Plan
  readonly facts: readonly EntryFact[]
  /** Ids that the ledger knows and the registry does not hold any more. */
  readonly orphaned: readonly string[]
}

/** Asks every rule that is not off. Severities are the rules' own unless the user gave others. */
export function lint(input: LintInput, severities: Readonly<Record<string, Severity>>): readonly Diagnostic[] {
  return RULES.flatMap((rule) => {
    const severity = severities[rule.code] ?? rule.severity
    return severity === 'off' ? [] : rule.check(input).map((found) => ({ ...found, code: rule.code, severity }))
  })
}
