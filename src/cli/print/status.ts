import type { EntryState, EntryStatus, Status } from '../../api.ts'
import type { Colour, Paint } from '../io.ts'
import { openLines } from './open.ts'
import { otherLines } from './others.ts'
import { driftLines, pendingLines } from './drift.ts'
import { section } from './plan.ts'
import { table, time } from './table.ts'
import { unmanagedLines } from './unmanaged.ts'

interface Mark {
  readonly symbol: string
  readonly plain: string
  readonly colour: Colour
}

const DONE: Mark = { symbol: '✅', plain: '[x]', colour: 'green' }
const OPEN: Mark = { symbol: '⏳', plain: '[ ]', colour: 'yellow' }
const WRONG: Mark = { symbol: '❌', plain: '[!]', colour: 'red' }
const ODD: Mark = { symbol: '❔', plain: '[?]', colour: 'yellow' }

const MARKS: { readonly [S in EntryState]: Mark } = {
  applied: DONE, adopted: DONE, 'not-needed': DONE, baselined: DONE,
  pending: OPEN, running: OPEN, held: OPEN,
  changed: WRONG, failed: WRONG,
  orphaned: ODD, ahead: ODD,
}

/** Totals, a line per entry, then what is not in the registry: what the models miss, drift, what is not managed. */
export function statusLines(status: Status, paint: Paint): string[] {
  return [
    paint('bold', 'Migration status'),
    paint('dim', status.address),
    '',
    `Total: ${status.total}`,
    `Applied: ${status.applied}`,
    `Pending: ${status.pending}`,
    ...(status.entries.length === 0 ? [] : ['', ...entryLines(status.entries, paint)]),
    ...section('Missing from the database', status.missing.map((step) => `  ${step.title}  [${step.class}]`), paint),
    ...section('Open: no start waits for it', openLines(status.open, paint), paint),
    ...section('Not allowed at start-up', pendingLines(status.notAllowed, paint), paint),
    ...section('Drift', driftLines(status.drift, paint), paint),
    ...unmanagedLines(status.unmanaged, paint),
    ...section('Other migration tools', status.others.flatMap((ledger) => otherLines(ledger, ledger.takenOver)), paint),
    ...(status.lockedBy === null ? [] : ['', `The start-up lock is held by ${status.lockedBy}.`]),
    ...(status.parked === null ? [] : ['', `${paint('yellow', 'Parked')}: ${status.parked}`]),
    '',
    verdict(status, paint),
  ]
}

function verdict(status: Status, paint: Paint): string {
  if (status.inSync) return paint('green', 'In sync: a start would find nothing to do.')
  if (status.open.length > 0 && isOnlyOpen(status)) return paint('yellow', 'Nothing but long steps is to do: no start waits for them.')
  const open = status.pending + status.missing.length + status.open.length + status.notAllowed.length
  return paint('yellow', open > 0 ? 'Not in sync: `trueup plan` shows what a start would do.' : 'Not in sync: a start would not change this.')
}

/** Every entry that is pending is among what is open, and nothing else is to do. */
function isOnlyOpen({ entries, missing, notAllowed, open }: Status): boolean {
  const ids = new Set(open.map(({ entry }) => entry))
  return entries.every((entry) => MARKS[entry.state] === DONE || ids.has(entry.id)) && missing.length + notAllowed.length === 0
}

function entryLines(entries: readonly EntryStatus[], paint: Paint): string[] {
  const rows = entries.map((entry) => {
    const mark = MARKS[entry.state]
    const rowsDone = entry.rows === null || entry.rows === 0 ? '' : ` (${entry.rows} rows)`
    return [
      `  ${paint.terminal ? mark.symbol : mark.plain} ${entry.id}`,
      paint(mark.colour, entry.state + rowsDone),
      time(entry.at),
      entry.description ?? '',
    ]
  })
  const lines = table(rows)
  return entries.flatMap((entry, index) => [
    lines[index] ?? '',
    ...(entry.error === null ? [] : [`        ${paint('red', entry.error.replaceAll('\n', '\n        '))}`]),
  ])
}
