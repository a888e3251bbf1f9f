import type { BaselineReport, Status } from '../../api.ts'

type Ledger = BaselineReport['tookOver'][number]

const AFTER: { readonly [S in Status['others'][number]['takenOver']]: string } = {
  no: 'not taken over: `trueup baseline` does',
  yes: 'taken over',
  moved: 'has run since it was taken over; stop running it',
}

/** A ledger of another tool in one line, then what is wrong with it. */
export function otherLines(ledger: Ledger, state: Status['others'][number]['takenOver'] | null): readonly string[] {
  const last = ledger.last === null ? '' : `, the last is ${ledger.last}`
  const count = ledger.problem !== undefined ? `cannot be read: ${ledger.problem}` : ledger.migrations === null ? (ledger.last === null ? 'no version' : `at version ${ledger.last}`) : `${ledger.migrations} ${ledger.migrations === 1 ? 'migration' : 'migrations'}${last}`
  return [
    `  ${ledger.title} (${ledger.table}): ${count}${state === null ? '' : `  [${AFTER[state]}]`}`,
    ...ledger.unfinished.map((id) => `      unfinished: ${id}`),
    ...(ledger.locked ? ['      its lock is taken: it is running, or died'] : []),
  ]
}
