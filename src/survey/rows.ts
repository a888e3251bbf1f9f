import type { Session } from '../dialects/dialect.ts'
import type { Drift } from '../plan/plan.ts'
import type { Named, Schema, Table } from '../schema/schema.ts'
import { findTable, keyOf, tablesByKey } from '../schema/schema.ts'
import type { App } from './context.ts'
import { readable } from './readable.ts'

const nameIn = (app: App, table: Named): string =>
  app.dialect.capabilities.schemas ? `${app.dialect.writer.name(table.schema)}.${app.dialect.writer.name(table.name)}` : app.dialect.writer.name(table.name)

/** Keys of the tables that lack something and hold no row. One look at the first row of each. */
export async function findEmpty(app: App, session: Session, live: Schema, target: Schema): Promise<ReadonlySet<string>> {
  const present = tablesByKey(live)
  const lacking = target.table.filter((table) => {
    const there = present.get(keyOf(table))
    return there !== undefined && there.virtual == null && there.foreign == null && lacks(there, table)
  })
  const empty = new Set<string>()
  for (const table of lacking) {
    const rows = await countOf(app, session, `SELECT count(*) FROM (SELECT 1 FROM ${nameIn(app, table)} LIMIT 1) AS one`)
    if (rows === 0) empty.add(keyOf(table))
  }
  return empty
}

function lacks(there: Table, wanted: Table): boolean {
  const columns = new Set(there.columns.map((column) => column.name))
  const constraints = new Set(there.constraints.map((constraint) => constraint.name))
  const indexes = new Set(there.indexes.map((index) => index.name))
  const required = wanted.columns.some((column) => column.notNull && there.columns.some((other) => other.name === column.name && !other.notNull))
  return required || wanted.columns.some((column) => !columns.has(column.name)) || wanted.constraints.some((constraint) => !constraints.has(constraint.name)) ||
    wanted.indexes.some((index) => !indexes.has(index.name))
}

/** A table that is partitioned otherwise, or by a column of another type, is made anew. The rows of a foreign table are elsewhere. */
function isMadeAnew(table: Table, wanted: Table): boolean {
  const typeOf = (name: string): string | undefined => wanted.columns.find((other) => other.name === name)?.type
  return (table.partitionBy ?? null) !== (wanted.partitionBy ?? null) || (table.partitionBy != null && table.columns.some((column) => typeOf(column.name) !== column.type))
}

/** Rows of each table that is not in the target, that loses a column, or that is made anew. */
export async function countLost(app: App, session: Session, live: Schema, target: Schema): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (const table of live.table) {
    if (table.foreign != null) continue
    const wanted = findTable(target, table)
    if (wanted !== undefined && !isMadeAnew(table, wanted) && table.columns.every((column) => wanted.columns.some((other) => other.name === column.name))) continue
    // Who confirms what goes must have been told how much it is.
    const count = await countOf(app, session, `SELECT count(*) FROM ${nameIn(app, table)}`, true)
    if (count !== null) counts.set(keyOf(table), count)
  }
  return counts
}

/** Adds to each extra column the number of rows that still hold a value in it. */
export async function countExtras(app: App, session: Session, live: Schema, target: Schema, drift: readonly Drift[]): Promise<readonly Drift[]> {
  const counted = new Map<string, number>()
  for (const table of live.table) {
    if (table.foreign != null) continue
    const wanted = findTable(target, table)
    for (const column of wanted === undefined ? [] : table.columns.filter((one) => !wanted.columns.some((other) => other.name === one.name))) {
      const count = await countOf(app, session, `SELECT count(${app.dialect.writer.name(column.name)}) FROM ${nameIn(app, table)}`)
      if (count !== null) counted.set(`${keyOf(table)}\u0000${column.name}`, count)
    }
  }
  return drift.map((item) => {
    const rows = item.ref?.kind === 'column' && item.kind === 'extra' ? counted.get(`${keyOf({ schema: item.ref.schema, name: item.ref.table ?? '' })}\u0000${item.ref.name}`) : undefined
    return rows === undefined ? item : { ...item, rows, message: `${item.message} ${rows === 1 ? '1 row holds' : `${rows} rows hold`} a value in it.` }
  })
}

/** `null` where nothing can be learned: this role may not read the table, or somebody holds it and the answer is not needed. */
async function countOf(app: App, session: Session, query: string, isNeeded = false): Promise<number | null> {
  try {
    return await (isNeeded ? countForSure(app, session, query) : count(app, session, query, false))
  } catch (error) {
    const { kind } = app.dialect.failure(error)
    if (kind === 'permission' || (kind === 'lock-timeout' && !isNeeded)) return null
    throw error
  }
}

/** What a query counts, where nothing goes on without it: waits for who holds its table for as long as this call may wait. */
export const countForSure = (app: App, session: Session, query: string): Promise<number> => readable(app, session, () => count(app, session, query, true))

const count = async (app: App, session: Session, query: string, isNeeded: boolean): Promise<number> => Number(await (app.dialect.peek?.(session, query, isNeeded) ?? session.first(query)))
