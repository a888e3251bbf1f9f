import type { Drift, Pending } from '../../plan/plan.ts'
import type { Paint } from '../io.ts'

const HEADINGS: { readonly [K in Drift['kind']]: string } = {
  changed: 'differs', extra: 'not in the models', invalid: 'not usable', incomparable: 'cannot compare',
}

/** A difference between database and models: what, where, and what to do about it. */
export function driftLines(drift: readonly Drift[], paint: Paint): string[] {
  return drift.flatMap((item) => {
    const object = item.field === undefined ? item.object : `${item.object}: ${item.field}`
    const rows = item.rows === undefined ? '' : ` (${item.rows} ${item.rows === 1 ? 'row' : 'rows'})`
    return [
      `  ${paint('yellow', HEADINGS[item.kind])}  ${object}${rows}: ${item.message}`,
      ...(item.database === undefined ? [] : [`      database: ${item.database}`]),
      ...(item.models === undefined ? [] : [`      models:   ${item.models}`]),
      ...(item.hint === undefined ? [] : [`      ${item.hint}`]),
    ]
  })
}

/** What is not done: the reason, and what would allow it. */
export function pendingLines(pending: readonly Pending[], paint: Paint): string[] {
  return pending.flatMap((item) => [
    `  ${item.title}  ${paint('yellow', `[${item.class}]`)}${item.entry === undefined ? '' : `  ${item.entry}`}`,
    `      not done: ${item.because}`,
    ...(item.allow === '' ? [] : [`      to allow: ${item.allow}`]),
  ])
}
