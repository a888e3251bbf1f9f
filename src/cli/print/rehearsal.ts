import { strengthOf } from '../../dialects/facts.ts'
import type { Rehearsal, RehearsedStep } from '../../rehearse/rehearse.ts'
import type { Paint } from '../io.ts'
import { seconds } from '../progress.ts'
import { section } from './plan.ts'
import { count } from './table.ts'

/** What a rehearsal found, for people. */
export function rehearsalLines(rehearsal: Rehearsal, file: string, paint: Paint): string[] {
  const { steps, pending, undo, error, remarks } = rehearsal
  return [
    verdict(rehearsal, paint),
    ...section('Steps', steps.flatMap((step, index) => stepLines(step, index + 1, paint)), paint),
    ...section('Undone', undo === null ? [] : undoLines(undo), paint),
    ...section('Not allowed, so neither rehearsed nor done', pending.map((item) => `  ${item.title}  [${item.class}]  ${item.because} ${item.allow}`), paint),
    ...section('Good to know', remarks.map((remark) => `  ${remark}`), paint),
    ...(error === null ? [] : ['', `${paint('red', `Failed in the stage "${error.during}"`)} [${error.code}]: ${error.message}`, ...(error.hint === null ? [] : [`  ${error.hint}`])]),
    '',
    `Plan ${rehearsal.plan ?? 'none'}; the report is in ${file}.`,
  ]
}

function verdict({ outcome, steps, pending, original, predicted, rows }: Rehearsal, paint: Paint): string {
  const what = rows === 'all' ? '' : ` (the copy holds ${rows === 'none' ? 'no rows' : `a sample of ${rows} rows a table`})`
  if (outcome === 'refused') return paint('red', `Production must not follow: policy does not allow this plan for ${original}.`)
  if (outcome === 'failed') return paint('red', `Production must not follow: the plan for ${original} failed on the copy${what}.`)
  if (steps.length === 0 && pending.length === 0) return `Nothing is to do in ${original}: there was nothing to rehearse.`
  const time = `${count(steps.length, 'step')}, about ${seconds(predicted)} on ${original}`
  if (pending.length > 0) return paint('yellow', `What is allowed went through on the copy${what}: ${time}. ${count(pending.length, 'change is', 'changes are')} not allowed.`)
  return paint('green', `Production may follow: the plan went through on the copy${what}, ${time}.`)
}

function stepLines(step: RehearsedStep, number: number, paint: Paint): string[] {
  const more = step.steps > 1 ? ` and ${count(step.steps - 1, 'further step')}` : ''
  const strong = step.locks.filter(({ mode }) => strengthOf(mode) >= strengthOf('SHARE UPDATE EXCLUSIVE')).map((lock) => `${lock.mode} on ${lock.table} for ${seconds(lock.held)}`)
  return [
    `  ${number}. ${step.title}${more}${step.class === null ? '' : `  [${step.class}]`}${step.entry === null ? '' : `  ${step.entry}`}${step.outcome === 'failed' ? paint('red', '  failed') : ''}`,
    `     ${seconds(step.duration)} on the copy; ${WORDS[step.basis](seconds(step.predicted))}${step.rows > 0 ? `; ${count(step.rows, 'row')} changed` : ''}`,
    ...strong.map((line) => `     held ${line}`),
    ...step.before.flatMap((size) => grown(size, step)),
  ]
}

const WORDS: { readonly [K in RehearsedStep['basis']]: (time: string) => string } = {
  measured: () => 'as long on the original, which is as large',
  scaled: (time) => `about ${time} on the original, by its size`,
  constant: (time) => `about ${time} on the original, by usual speeds`,
  instant: () => 'as long on the original, whatever its size',
}

function grown(before: RehearsedStep['before'][number], { after }: RehearsedStep): string[] {
  const now = after.find((size) => size.table === before.table)
  const [was, is] = [before.bytes + before.indexBytes, now === undefined ? 0 : now.bytes + now.indexBytes]
  return was === is ? [] : [`     ${before.table === '' ? 'the file' : before.table}: ${bytes(was)} before, ${bytes(is)} after`]
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const

function bytes(amount: number): string {
  const power = amount < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(amount) / 10))
  return `${power === 0 ? amount : (amount / 1024 ** power).toFixed(1)} ${UNITS[power]}`
}

function undoLines({ entries, kept, models, verified }: NonNullable<Rehearsal['undo']>): string[] {
  return [
    ...(entries.length === 0 ? [] : [`  rolled back, and applied again: ${entries.join(', ')}`]),
    ...kept.map(({ entry, because }) => `  no way back: ${entry} ${because}`),
    models ? '  what the models brought was taken back, and came again' : '  what the models brought stayed, as those entries may rest on it',
    ...(verified === true ? ['  the schema was the one before'] : []),
  ]
}
