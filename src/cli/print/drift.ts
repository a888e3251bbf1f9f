import type { Drift, Pending } from '../../plan/plan.ts'
import type { Paint } from '../io.ts'
import { indent } from './table.ts'

const HEADINGS: { readonly [K in Drift['kind']]: string } = {
  changed: 'differs', extra: 'not in the models', invalid: 'not usable', incomparable: 'cannot compare',
}

/** Differences between database and models, each with what to do about it. */
export function driftLines(drift: readonly Drift[], paint: Paint): string[] {
  return drift.flatMap((item) => {
    const rows = item.rows === undefined ? '' : ` (${item.rows} ${item.rows === 1 ? 'row holds' : 'rows hold'} values)`
    return [
      `  ${paint('yellow', HEADINGS[item.kind])}  ${item.message}${rows}`,
      ...(item.hint === undefined ? [] : indent(item.hint, 6)),
    ]
  })
}

/** What is not done: the reason, and what would allow it. */
export function pendingLines(pending: readonly Pending[], paint: Paint): string[] {
  return pending.flatMap((item) => [
    `  ${item.title}  ${paint('yellow', `[${item.class}]`)}${item.entry === undefined ? '' : `  ${item.entry}`}`,
    `      not done: ${item.because}`,
    ...(item.allow === '' ? [] : [`      ${item.allow}`]),
  ])
}
