import type { Drift, Pending } from '../../plan/plan.ts'
import type { Paint } from '../io.ts'
import { indent } from './table.ts'

const HEADINGS: { readonly [K in Drift['kind']]: string } = {
  changed: 'differs', extra: 'not in the models', invalid: 'not usable', incomparable: 'cannot compare',
}

/** Differences between database and models, each with what to do about it. */
export function driftLines(drift: readonly Drift[], paint: Paint): string[] {
  return drift.flatMap((item) => [
    `  ${paint('yellow', HEADINGS[item.kind])}  ${item.message}`,
    ...(item.hint === undefined ? [] : indent(item.hint, 6)),
  ])
}

/** True when the database differs from the models in what matters: more than it holds besides, and for certain. */
export const differs = (drift: readonly Drift[]): boolean => drift.some((item) => item.kind === 'changed' || item.kind === 'invalid')

/** What is not done: the reason, and what would allow it. */
export function pendingLines(pending: readonly Pending[], paint: Paint): string[] {
  return pending.flatMap((item) => [
    `  ${item.title}  ${paint('yellow', `[${item.class}]`)}${item.entry === undefined ? '' : `  ${item.entry}`}`,
    `      not done: ${item.because}`,
    ...(item.allow === '' ? [] : [`      ${item.allow}`]),
  ])
}
