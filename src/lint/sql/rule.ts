import type { Action, ActionKind, ActionOf, RunnerFacts, StatementFacts } from '../../dialects/facts.ts'
import type { Severity } from '../diagnostic.ts'

/** The statements that are judged together: a file, an entry, or the steps of a plan. */
export interface Unit {
  readonly statements: readonly StatementFacts[]
  readonly runner: RunnerFacts
  /** Those of all units that were read together, in their order. */
  readonly all: readonly StatementFacts[]
}

/** One statement in its unit. */
export interface Seen {
  readonly statement: StatementFacts
  readonly unit: Unit
  /** Those before it in the same transaction. */
  readonly earlier: readonly StatementFacts[]
  /** The lengths of time after which a budget is no budget any more. */
  readonly settings: LintSettings
}

export interface LintSettings {
  /** The server's `deadlock_timeout` in milliseconds. @default 1000 */
  readonly deadlockTimeout: number
}

/** One rule about statements: its page `docs/rules/<code>.md` says all of this at length. */
export interface StatementRule {
  readonly code: string
  /** What it is unless the user says otherwise. */
  readonly severity: Severity
  /** What it is about, in a few words. */
  readonly title: string
  /** The fact behind it. */
  readonly why: string
  /** The safe way, in a sentence. */
  readonly safe: string
  /** What happens here: a sentence for every finding. */
  check(seen: Seen): readonly string[]
}

type Judge<K extends ActionKind> = (action: ActionOf<K>, seen: Seen) => string | null | false

/** A check over the actions of one kind. */
export function on<K extends ActionKind>(kind: K, judge: Judge<K>): StatementRule['check'] {
  return (seen) => seen.statement.actions.flatMap((action) => {
    if (!is(action, kind)) return []
    const found = judge(action, seen)
    return found === null || found === false ? [] : [found]
  })
}

const is = <K extends ActionKind>(action: Action, kind: K): action is ActionOf<K> => action.do === kind

/** A check over the whole statement. */
export const whole = (judge: (seen: Seen) => string | null | false): StatementRule['check'] => (seen) => {
  const found = judge(seen)
  return found === null || found === false ? [] : [found]
}

/** Several checks as one. */
export const any = (...checks: readonly StatementRule['check'][]): StatementRule['check'] => (seen) => checks.flatMap((check) => check(seen))

export const named = (table: { readonly name: string }): string => `table ${table.name}`
