import type { RehearsedSize } from '../dialects/rehearsal.ts'
import type { Plan, PlanStep } from '../plan/plan.ts'
import { millisecondsFor } from '../plan/predict.ts'
import type { RehearsedStep, TableFigures } from './report.ts'
import type { Watched } from './watch.ts'

interface Sizes {
  readonly original: readonly RehearsedSize[]
  /** Milliseconds that every step pays, however little it does. */
  readonly overhead: number
}

/** What a server reads in a second at the slow end; used where a copy is too small to tell, for what is not known to be work of a kind. */
const BYTES_A_SECOND = 60_000_000
/** Batches that say how long the rests between them are. */
const TELLING_BATCHES = 3
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
    ...predict(watched, step, { original: concerned(sizes.original), copy: before, overhead: Math.min(sizes.overhead, duration) }),
  }
}

interface Compared {
  readonly original: readonly RehearsedSize[]
  readonly copy: readonly RehearsedSize[]
  readonly overhead: number
}

/** The work grows as the table does; what every step pays does not. */
function predict(watched: Watched, step: PlanStep | undefined, { original, copy, overhead }: Compared): Pick<RehearsedStep, 'predicted' | 'basis'> {
  const duration = watched.worked ?? watched.elapsed
  const [there, here] = [original, copy].map((sizes) => ({ bytes: total(sizes, 'bytes'), rows: total(sizes, 'rows') })) as [Amount, Amount]
  const isWalk = step?.kind === 'backfill'
  if (there.bytes <= here.bytes || here.bytes >= there.bytes * AS_LARGE) return { predicted: round(isWalk ? watched.elapsed : duration), basis: 'measured' }
  // What trueup wrote says itself whether it looks at rows; of the author's own it is not known.
  if (step?.kind === 'ddl' && !step.long) return { predicted: round(duration), basis: 'instant' }
  const work = duration - overhead
  const usual = usualOf(step, original, there)
  const withRests = (working: number): number => (isWalk ? working + restsOf(watched, step, working) : working)
  if (here.rows === 0) return { predicted: round(withRests(overhead + usual)), basis: 'constant' }
  const grown = growth(here, there) * (work < LEAST_WORK ? Math.max(work, LEAST_WORK / 2) : work)
  // Work too short to be told from chance says at least that it is short.
  const isUsual = work < LEAST_WORK && usual < grown
  return { predicted: round(withRests(overhead + (isUsual ? usual : grown))), basis: isUsual ? 'constant' : 'scaled' }
}

/** How long its kinds of work usually take on tables of that size. */
function usualOf(step: PlanStep | undefined, original: readonly RehearsedSize[], all: Amount): number {
  const parts = (step?.work ?? []).flatMap((work) => {
    const size = original.find((one) => keyOf(one) === keyOf(work.table))
    return size === undefined ? [] : [millisecondsFor(work.kind, { ...size, table: work.table, indexes: size.indexBytes > 0 ? 1 : 0 })]
  })
  return parts.length === 0 ? (1000 * all.bytes) / BYTES_A_SECOND : parts.reduce((sum, one) => sum + one, 0)
}

/** How long batches that work for so long rest between them: as they did on the copy, where there were enough to tell, or as their pace says. */
function restsOf({ worked, elapsed, batches }: Watched, step: PlanStep, working: number): number {
  const once = worked === null || batches === 0 ? working : worked / batches
  const share = step.work?.[0]?.share ?? 1
  const perWork = worked === null || worked === 0 || batches < TELLING_BATCHES ? 1 / share - 1 : Math.max(0, elapsed - worked) / (worked - once)
  // There is none after the last.
  return perWork * Math.max(0, working - once)
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
