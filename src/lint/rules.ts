import { stateOf } from '../plan/state.ts'
import type { Rule } from './rule.ts'

const changedEntry: Rule = {
  code: 'changed-entry',
  severity: 'error',
  check: ({ facts }) =>
    facts.filter((fact) => stateOf(fact) === 'changed').map(({ entry, recorded }) => ({
      subject: `entry ${entry.id}`,
      message: `was changed after it had been ${recorded?.state ?? 'applied'}.`,
      hint: 'Put the old content back and write a new entry for what shall be different.',
    })),
}

const removedEntry: Rule = {
  code: 'removed-entry',
  severity: 'warning',
  check: ({ orphaned }) => orphaned.map((id) => ({
    subject: `entry ${id}`, message: 'is in the ledger and not in the migrations any more.', hint: 'Put it back: a database that never ran it still needs it.',
  })),
}

const noDescription: Rule = {
  code: 'no-description',
  severity: 'off',
  check: ({ facts }) => facts.filter(({ entry }) => (entry.description ?? '').trim() === '').map(({ entry }) => ({ subject: `entry ${entry.id}`, message: 'has no description.', hint: 'Say in a few words what it is for.' })),
}

const complexChange: Rule = {
  code: 'complex-change',
  severity: 'warning',
  check: ({ plan }) => plan.drift.filter((item) => item.kind === 'changed').map((item) => ({ subject: item.object, message: item.message, ...(item.hint !== undefined && { hint: item.hint }) })),
}

const notNullWithoutDefault: Rule = {
  code: 'not-null-without-default-in-models',
  severity: 'error',
  check: ({ plan }) => plan.pending.filter((item) => item.because.includes('not-null-without-default-in-models')).map((item) => ({ subject: item.title, message: item.because, hint: item.allow })),
}

/** All rules, in the order in which they speak. Rules about an entry's shape are asked when the registry is made. */
export const RULES: readonly Rule[] = [changedEntry, removedEntry, noDescription, complexChange, notNullWithoutDefault]

/** The codes of the rules that are asked at construction. */
export const SHAPE_RULES: readonly string[] = ['no-default', 'not-repeatable']
