import type { Dialect, Scope, Session } from '../dialects/dialect.ts'
import { displayName } from '../schema/schema.ts'
import type { Named } from '../schema/schema.ts'
import type { FoundLedger } from './recognise.ts'
import { recognise } from './recognise.ts'
import type { Tool, ToolId } from './tools.ts'
import { LEDGER_SCHEMAS, TOOLS } from './tools.ts'

/** What the ledger of another migration tool says. Plain data. */
export interface OtherLedger {
  readonly tool: ToolId
  /** `Prisma Migrate`. */
  readonly title: string
  readonly table: string
  /** Migrations that it counts as done; `null` where it keeps the present version only, or could not be read. */
  readonly migrations: number | null
  /** The youngest of them; `null` when there is none. */
  readonly last: string | null
  /** Those that began and did not come to their end. */
  readonly unfinished: readonly string[]
  /** True when its row of a lock says that a run is going on, or died. */
  readonly locked: boolean
  /** Why it could not be read. */
  readonly problem?: string
}

/**
 * Finds the ledgers of other tools in the managed schemas and where tools keep them by default, and reads each by one query.
 * Changes nothing.
 */
export async function readOthers(session: Session, dialect: Dialect, scope: Scope): Promise<readonly OtherLedger[]> {
  const schemas = dialect.capabilities.schemas ? [...new Set([...scope.schemas, ...LEDGER_SCHEMAS])] : scope.schemas
  // Patterns of the user hide tables from a comparison, not from this look.
  const live = await dialect.introspect(session, { ...scope, schemas, tolerate: [] })
  const ledgers: OtherLedger[] = []
  for (const found of recognise(live)) ledgers.push(await readOne(session, dialect, found, scope.defaultSchema))
  return ledgers
}

interface Answer {
  readonly migrations: number
  readonly last: string | null
  readonly locked: number
  /** A database that prints JSON as text gives this part as text, too. */
  readonly open: string | Open
}

type Open = readonly { readonly name: string }[]

async function readOne(session: Session, dialect: Dialect, found: FoundLedger, defaultSchema: string): Promise<OtherLedger> {
  const { tool, table } = found
  const { title, headOnly = false } = TOOLS[tool] as Tool
  const common = { tool, title, table: displayName(table, defaultSchema) }
  try {
    const [answer] = (await session.json<readonly Answer[]>(question(dialect, found))) ?? []
    if (answer === undefined) throw new Error('it gave no answer')
    const open = typeof answer.open === 'string' ? (JSON.parse(answer.open) as Open) : answer.open
    return { ...common, migrations: headOnly ? null : Number(answer.migrations), last: answer.last, unfinished: open.map((one) => one.name), locked: Number(answer.locked) > 0 }
  } catch (error) {
    const failure = dialect.failure(error)
    // Whoever may not read it, or finds it changed meanwhile, has not to fail for it.
    if (failure.kind === 'connection' || failure.kind === 'cancelled') throw error
    return { ...common, migrations: null, last: null, unfinished: [], locked: false, problem: failure.message }
  }
}

/** One statement that gives one JSON text: what is done, what came last, what is open, and whether the lock is taken. */
function question(dialect: Dialect, { tool, table, beside }: FoundLedger): string {
  const shape: Tool = TOOLS[tool]
  const { writer } = dialect
  const name = (column: string): string => writer.name(column)
  const place = (one: Named): string => (dialect.capabilities.schemas ? `${name(one.schema)}.${name(one.name)}` : name(one.name))
  const from = place(table)
  const has = (column: string | undefined): column is string => column !== undefined && table.columns.some((one) => one.name === column)
  const id = has(shape.betterId) ? `coalesce(${name(shape.betterId)}, ${name(shape.id)})` : name(shape.id)
  const open = shape.open?.(name) ?? '1 = 0'
  const undone = shape.undone?.(name) ?? '1 = 0'
  const done = `NOT (${open}) AND NOT (${undone})`
  const latest = shape.order.map((column) => `${name(column)} DESC`).join(', ')
  const locks = (shape.beside ?? []).flatMap(({ lock }) => {
    const held = lock === undefined ? undefined : beside.find((one) => one.columns.some((column) => column.name === lock))
    return lock === undefined || held === undefined ? [] : [`(SELECT count(*) FROM ${place(held)} WHERE ${name(lock)} = 1)`]
  })
  const facts = {
    migrations: `(SELECT count(*) FROM ${from} WHERE ${done})`,
    last: `(SELECT CAST(${id} AS text) FROM ${from} WHERE ${done} ORDER BY ${latest} LIMIT 1)`,
    locked: locks.length === 0 ? '0' : locks.join(' + '),
    open: `${dialect.ledger.jsonRows({ name: `CAST(${id} AS text)` }, `${from} AS l WHERE ${open}`)}`,
  }
  return `SELECT ${dialect.ledger.jsonRows(facts, '(SELECT 1 AS one) AS facts')}`
}

/** The ledgers as the ledger of trueup remembers them: small, and enough to see whether the other tool has run since. */
export const remembered = (ledgers: readonly OtherLedger[]): string =>
  JSON.stringify(ledgers.map(({ tool, table, migrations, last }) => ({ tool, table, migrations, last })))

/** The key of that fact in the table of facts. */
export const TAKEN_OVER = 'taken_over'

/** One line about a ledger, for people. `before` is what was remembered when it was taken over. */
export function describeLedger(ledger: OtherLedger): string {
  if (ledger.problem !== undefined) return `${ledger.title} has a ledger here, ${ledger.table}, which cannot be read: ${ledger.problem}.`
  const last = ledger.last === null ? 'none so far' : `the last is ${ledger.last}`
  const count = ledger.migrations === null ? (ledger.last === null ? 'no version' : `at version ${ledger.last}`) : `${ledger.migrations} ${ledger.migrations === 1 ? 'migration' : 'migrations'}, ${last}`
  return `${ledger.title} has a ledger here, ${ledger.table}: ${count}.`
}

interface Remembered {
  readonly tool: string
  readonly table: string
  readonly migrations: number | null
  readonly last: string | null
}

/** Whether each ledger was taken over, and whether its tool has run since. */
export function takenOver(ledger: OtherLedger, state: Readonly<Record<string, string>> | undefined): 'no' | 'yes' | 'moved' {
  const text = state?.[TAKEN_OVER]
  if (text === undefined || text === '') return 'no'
  // Written by `remembered` alone.
  const before = (JSON.parse(text) as readonly Remembered[]).find((one) => one.tool === ledger.tool && one.table === ledger.table)
  if (before === undefined) return 'no'
  if (ledger.problem !== undefined) return 'yes'
  return before.last === ledger.last && before.migrations === ledger.migrations ? 'yes' : 'moved'
}

