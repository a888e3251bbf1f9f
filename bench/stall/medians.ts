import { judge, median, printTable } from '../lib/report.ts'
import type { Result } from './arm.ts'
import type { Change, ChangeName } from './changes.ts'
import { CHANGES } from './changes.ts'
import type { DisturbanceName } from './disturbances.ts'
import { slowAtServer } from './waits.ts'

/** Several runs of one arm. */
interface Arm extends Pick<Result, 'disturbance' | 'change' | 'policy'> {
  readonly runs: readonly Result[]
}

/** Longer stalls than those without any change, by more than this, are ours. Milliseconds. */
const ALLOWED_STALL = 50
/** Less than this is chance. Seconds. */
const ALLOWED_LOSS = 0.05

function armsOf(results: readonly Result[]): readonly Arm[] {
  const arms = new Map<string, Result[]>()
  for (const one of results) {
    const key = [one.disturbance, one.change, one.policy].join(' ')
    arms.set(key, [...(arms.get(key) ?? []), one])
  }
  return [...arms.values()].flatMap((runs) => (runs[0] === undefined ? [] : [{ disturbance: runs[0].disturbance, change: runs[0].change, policy: runs[0].policy, runs }]))
}

type Figure = (run: Result) => number

const middle = ({ runs }: Arm, of: Figure): number => median(runs.map(of))
const worst = ({ runs }: Arm, of: Figure): number => Math.max(...runs.map(of))
const lost: Figure = (run) => run.lost
const longest: Figure = (run) => run.longest

/** A line for each arm. */
export function printMedians(results: readonly Result[]): void {
  printTable('medians, and the worst of all runs', armsOf(results).map((arm) => ({
    disturbance: arm.disturbance, change: arm.change ?? '(none)', policy: arm.policy, runs: arm.runs.length, 'time ms': Math.round(middle(arm, (run) => run.time)),
    'longest ms': middle(arm, longest), 'worst': worst(arm, longest), 'lost q·s': middle(arm, lost), 'worst ': worst(arm, lost), 'waited ms': middle(arm, (run) => run.waits.table),
  })))
}

/** Compares the medians of what trueup did with those of the control arms and of the naive statements. */
export function judgeMedians(results: readonly Result[]): void {
  const arms = armsOf(results)
  const find = (disturbance: DisturbanceName, change: ChangeName | null, policy: Result['policy']): Arm | undefined =>
    arms.find((one) => one.disturbance === disturbance && one.change === change && one.policy === policy)
  for (const mine of arms.filter((one) => one.policy === 'trueup')) judgeArm(mine, find(mine.disturbance, null, 'control'), mine.change === null ? undefined : find('quiet', mine.change, 'naive'))
}

function judgeArm(mine: Arm, control: Arm | undefined, naive: Arm | undefined): void {
  const where = `${mine.change} / ${mine.disturbance}`
  const without = (of: Figure): number => (control === undefined ? 0 : middle(control, of))
  judge(`${where}: not done`, mine.runs.filter(({ ok }) => !ok).length, 0, '')
  judge(`${where}: longest stall`, middle(mine, longest), without(longest) + ALLOWED_STALL, ' ms')
  judge(`${where}: of it for a lock on a table`, middle(mine, (run) => run.waits.table), without((run) => run.waits.table) + ALLOWED_STALL, ' ms')
  // Who took longer than the control had more time to lose some.
  const ratio = Math.max(1, middle(mine, (run) => run.time) / Math.max(1, without((run) => run.time)))
  const beyond = (of: Figure): number => Math.max(0, middle(mine, of) - without(of) * ratio)
  judge(`${where}: query-seconds lost beyond the control's rate`, beyond(lost), ALLOWED_LOSS, ' s')
  judge(`${where}: of them at least, seen at the server`, beyond((run) => slowAtServer(run.waits)), ALLOWED_LOSS, ' s')
  judge(`${where}: errors that no change of a prepared SELECT * explains`, worst(mine, unexplained), control === undefined ? 0 : worst(control, (run) => sum(Object.values(run.errors))), '')
  judge(`${where}: left over`, worst(mine, (run) => run.leftOvers.length), 0, '')
  const change: Change | null = mine.change === null ? null : CHANGES[mine.change]
  if (mine.disturbance !== 'quiet') return
  if (naive !== undefined && change?.scans === true && change.paced !== true) judge(`${where}: time over that of the naive statement`, middle(mine, (run) => run.time) / middle(naive, (run) => run.time), 2, ' ×')
  if (mine.change === 'backfill') judge(`${where}: p99 over that before`, middle(mine, (run) => run.p99 / run.baseP99), 1.5, ' ×')
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0)
const unexplained: Figure = (run) => sum(Object.entries(run.errors).map(([code, count]) => (code === '0A000' ? 0 : count)))
