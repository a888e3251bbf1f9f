import type { RehearsedSize } from '../dialects/rehearsal.ts'
import type { Plan, PlanStep } from '../plan/plan.ts'
import type { RehearsedStep, TableFigures } from './report.ts'
import type { Watched } from './watch.ts'

interface Sizes {
  readonly original: readonly RehearsedSize[]
  /** Milliseconds that every step pays, however little it does. */
  readonly overhead: number
}

/** What a server reads in a second, and how many rows it updates in batches, at the slow end; used where a copy is too small to tell. */
const BYTES_A_SECOND = 60_000_000
const ROWS_A_SECOND = 25_000
/** Milliseconds of work below which a time is mostly chance. */
const LEAST_WORK = 5
/** Copies of this part of the original's size and more count as equally large. */
const AS_LARGE = 0.9

/** A step's report, with the time that it will take on the original. */
export function figuresOf(watched: Watched, plan: Plan, sizes: Sizes): RehearsedStep {
  const step = plan.steps.find((one) => one.title === watched.title && one.entry === (watched.entry ?? undefined))
  const duration = watched.worked ?? watched.elapsed
  const keys = tablesOf(watched, step)
  const concerned = (some: readonly RehearsedSize[]): readonly RehearsedSize[] => some.filter((size) => size.name === '' || keys.has(keyOf(size)))
  const before = concerned(watched.before ?? [])
  const known = new Set(sizes.original.map(keyOf))
  return {
    title: watched.title, steps: watched.last - watched.first + 1, phase: step?.phase ?? null, class: step?.class ?? null, entry: watched.entry, outcome: watched.outcome,
    duration: round(duration), rows: watched.rows,
    // Nobody waits for a table that the plan itself made.
    locks: [...watched.locks.values()].filter(({ lock }) => known.has(keyOf(lock))).map(({ lock, held }) => ({ table: `${lock.schema}.${lock.name}`, mode: lock.mode, held: round(Math.min(held, duration)) })),
    before: before.map(figures), after: concerned(watched.after ?? []).map(figures),
    ...predict(duration, step, { original: concerned(sizes.original), copy: before, overhead: Math.min(sizes.overhead, duration) }),
  }
}

interface Compared {
  readonly original: readonly RehearsedSize[]
  readonly copy: readonly RehearsedSize[]
  readonly overhead: number
}

/** The work grows as the table does; what every step pays does not. A backfill rests between its batches, as its pace says. */
function predict(duration: number, step: PlanStep | undefined, { original, copy, overhead }: Compared): Pick<RehearsedStep, 'predicted' | 'basis'> {
  const [there, here] = [original, copy].map((sizes) => ({ bytes: total(sizes, 'bytes'), rows: total(sizes, 'rows') })) as [Amount, Amount]
  const share = step?.kind === 'backfill' ? (step.work?.[0]?.share ?? 1) : 1
  if (there.bytes <= here.bytes || here.bytes >= there.bytes * AS_LARGE) return { predicted: round(duration / share), basis: 'measured' }
  // What trueup wrote says itself whether it looks at rows; of the author's own it is not known.
  if (step?.kind === 'ddl' && !step.long) return { predicted: round(duration), basis: 'instant' }
  const work = duration - overhead
  const usual = 1000 * (step?.kind === 'backfill' ? there.rows / ROWS_A_SECOND : there.bytes / BYTES_A_SECOND)
  if (here.rows === 0) return { predicted: round(overhead + usual / share), basis: 'constant' }
  const grown = growth(here, there) * (work < LEAST_WORK ? Math.max(work, LEAST_WORK / 2) : work)
  // Work too short to be told from chance says at least that it is short.
  const isUsual = work < LEAST_WORK && usual < grown
  return { predicted: round(overhead + (isUsual ? usual : grown) / share), basis: isUsual ? 'constant' : 'scaled' }
}

interface Amount {
  readonly bytes: number
  readonly rows: number
}

/** A page costs, and so does a row: a table with much room between its rows lies in the middle. */
function growth(from: Amount, to: Amount): number {
  const bytes = from.bytes === 0 ? 1 : to.bytes / from.bytes
  const rows = from.rows === 0 || to.rows === 0 ? bytes : to.rows / from.rows
  return Math.sqrt(bytes * rows)
}

const total = (sizes: readonly RehearsedSize[], field: 'bytes' | 'rows'): number => sizes.reduce((sum, size) => sum + size[field], 0)

function tablesOf(watched: Watched, step: PlanStep | undefined): ReadonlySet<string> {
  const planned = (step?.locks ?? []).map(({ relation }) => keyOf(relation))
  return new Set([...planned, ...[...watched.locks.values()].map(({ lock }) => keyOf(lock))])
}

const keyOf = ({ schema, name }: { readonly schema: string; readonly name: string }): string => `${schema}\u0000${name}`
const figures = ({ schema, name, rows, bytes, indexBytes }: RehearsedSize): TableFigures => ({ table: name === '' ? '' : `${schema}.${name}`, rows, bytes, indexBytes })
const round = (milliseconds: number): number => Math.round(milliseconds * 10) / 10

/** The usual cost of a transaction that does next to nothing. */
export function overheadOf(measured: readonly number[]): number {
  const sorted = [...measured].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
