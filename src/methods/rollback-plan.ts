import type { RollbackOptions } from '../api.ts'
import type { LedgerEntryRow, Session, TableLock } from '../dialects/dialect.ts'
import type { Problem } from '../errors.ts'
import type { Operation } from '../operations/operation.ts'
import { applyOperation } from '../operations/operation.ts'
import { planDdl } from '../plan/ddl.ts'
import { isOnlineEntry } from '../plan/online.ts'
import { renameEverywhere } from '../plan/renames.ts'
import type { Entry } from '../registry/registry.ts'
import { statementsOf } from '../registry/registry.ts'
import type { Named, Schema } from '../schema/schema.ts'
import { childRef, findTable } from '../schema/schema.ts'
import type { App } from '../survey/context.ts'
import { readable } from '../survey/readable.ts'
import { countForSure } from '../survey/rows.ts'
import { isUndoable, withBegun } from './rollback-begun.ts'
import { look } from './session.ts'

/** How one entry is undone. */
export interface UndoStep {
  readonly title: string
  readonly row: LedgerEntryRow
  readonly statements: readonly string[]
  readonly locks: readonly TableLock[]
  /** Rows that hold a value in a column that goes. */
  readonly rowsLost: number
  /** The column whose place in the ledger is forgotten, so that it is filled from the beginning another time. */
  readonly unfilled?: { readonly table: Named; readonly column: string }
}

export interface RollbackPlan {
  readonly steps: readonly UndoStep[]
  readonly problems: readonly Problem[]
}

/** Chooses what to undo, in reverse order of execution, and how. Changes nothing. */
export async function planRollback(app: App, session: Session, options: RollbackOptions): Promise<RollbackPlan> {
  const probe = await look(app, session)
  const { scope } = await app.declared()
  let live = await readable(app, session, () => app.dialect.introspect(session, scope))
  const rows = withBegun(app, probe.ledger?.entries ?? [], probe.ledger?.state ?? {}, live, options.entries ?? [])
  const chosen = choose(app, rows, options)
  if ('problems' in chosen) return { steps: [], problems: chosen.problems }
  const problems = dependents(app, rows, chosen.rows)
  const steps: UndoStep[] = []
  for (const row of chosen.rows) {
    const undone = await undoOf(app, session, live, row)
    if ('message' in undone) problems.push(undone)
    else {
      steps.push(undone.step)
      live = undone.after
    }
  }
  return { steps, problems }
}

function choose(app: App, rows: readonly LedgerEntryRow[], options: RollbackOptions): { readonly rows: readonly LedgerEntryRow[] } | { readonly problems: Problem[] } {
  const done = newestFirst(app, rows.filter(isUndoable))
  if (options.entries !== undefined) {
    const missing = options.entries.filter((id) => !done.some((row) => row.id === id))
    if (missing.length > 0) return { problems: missing.map((id) => ({ subject: `entry ${id}`, message: 'has not been applied to this database.', hint: '`trueup status` lists what has.' })) }
    return { rows: done.filter((row) => options.entries?.includes(row.id)) }
  }
  if (options.to !== undefined) {
    const at = done.findIndex((row) => row.id === options.to)
    if (at < 0) return { problems: [{ subject: `entry ${options.to}`, message: 'has not been applied to this database, so there is nothing after it.' }] }
    return { rows: done.slice(0, at) }
  }
  const applied = done.filter((row) => row.state === 'applied' || row.kind === 'backfill')
  const last = applied[0]?.run
  return { rows: applied.filter((row) => row.run === last) }
}

function newestFirst(app: App, rows: readonly LedgerEntryRow[]): readonly LedgerEntryRow[] {
  const place = new Map(app.registry.entries.map((entry, index) => [entry.id, index]))
  // Runs are numbered by time; within one, entries ran in the order of the registry.
  return dependentsFirst(app, [...rows].sort((a, b) => (a.run === b.run ? (place.get(b.id) ?? -1) - (place.get(a.id) ?? -1) : a.run < b.run ? 1 : -1)))
}

/** An entry that was only begun has no time, and the clocks of two instances may differ: what stands on another one goes before it, whatever the runs say. */
function dependentsFirst(app: App, rows: readonly LedgerEntryRow[]): readonly LedgerEntryRow[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  const ordered = new Set<LedgerEntryRow>()
  const add = (row: LedgerEntryRow): void => {
    if (ordered.has(row)) return
    for (const { id, dependsOn } of app.registry.entries) {
      const dependent = dependsOn.includes(row.id) ? byId.get(id) : undefined
      if (dependent !== undefined) add(dependent)
    }
    ordered.add(row)
  }
  rows.forEach(add)
  return [...ordered]
}

function dependents(app: App, rows: readonly LedgerEntryRow[], chosen: readonly LedgerEntryRow[]): Problem[] {
  const going = new Set(chosen.map((row) => row.id))
  const staying = new Set(rows.filter((row) => isUndoable(row) && !going.has(row.id)).map((row) => row.id))
  return app.registry.entries.flatMap((entry) =>
    entry.dependsOn.filter((id) => going.has(id) && staying.has(entry.id)).map((id) => ({ subject: `entry ${id}`, message: `is needed by entry ${entry.id}, which stays.`, hint: `Roll back ${entry.id} with it.` })),
  )
}

type Undone = { readonly step: UndoStep; readonly after: Schema } | Problem

async function undoOf(app: App, session: Session, live: Schema, row: LedgerEntryRow): Promise<Undone> {
  const entry = app.registry.entries.find((one) => one.id === row.id)
  const subject = `entry ${row.id}`
  if (row.state === 'adopted' || row.state === 'baselined') {
    return { subject, message: `was ${row.state}: its effect was there before trueup, so undoing it is not trueup's to do.`, hint: 'Write a new entry for it.' }
  }
  const forget = (title: string): Undone => ({ step: { title, row, statements: [], locks: [], rowsLost: 0 }, after: live })
  if (row.state === 'not-needed') return forget(`forget ${row.id}, which was not needed here`)
  if (row.kind === 'backfill') return forget(`forget backfill ${row.id}${row.state === 'applied' ? '' : ', which came half the way'}; the values that it wrote stay`)
  if (entry?.kind === 'column') return undoColumn(app, session, live, row, entry)
  if (entry !== undefined && isOnlineEntry(entry)) return undoOnline(app, session, live, row)
  if (entry?.kind === 'contract') return { subject, message: 'is irreversible: the old side is gone.', hint: 'Write a new online entry that goes the other way.' }
  if (entry?.kind === 'rename') return undoRename(app, session, live, row, entry)
  const down = entry?.kind === 'sql' && entry.entry.down !== undefined ? statementsOf(entry.entry.down, app.dialect.writer) : row.down === null ? null : (JSON.parse(row.down) as readonly string[])
  if (down === null) return { subject, message: `is irreversible: ${row.kind === 'run' ? 'code has no way back' : 'it has no down'}.`, hint: 'Write a new entry that goes forward.' }
  return { step: { title: `undo entry ${row.id}`, row, statements: down, locks: [], rowsLost: 0 }, after: live }
}

async function undoColumn(app: App, session: Session, live: Schema, row: LedgerEntryRow, entry: Extract<Entry, { kind: 'column' }>): Promise<Undone> {
  const owner: Named = { schema: entry.entry.schema ?? app.database.defaultSchema, name: entry.entry.table }
  const column = findTable(live, owner)?.columns.find((one) => one.name === entry.entry.column)
  if (column === undefined) return { step: { title: `forget ${row.id}, whose column is gone`, row, statements: [], locks: [], rowsLost: 0 }, after: live }
  const operation: Operation = { verb: 'drop', kind: 'column', ref: childRef('column', owner, column.name), from: column }
  const { writer } = app.dialect
  const table = app.dialect.capabilities.schemas ? `${writer.name(owner.schema)}.${writer.name(owner.name)}` : writer.name(owner.name)
  const rowsLost = await countForSure(app, session, `SELECT count(${writer.name(column.name)}) FROM ${table}`)
  const undone = render(app, session, live, applyOperation(live, operation), operation, row, `drop column ${entry.entry.table}.${column.name}`, rowsLost)
  return 'message' in undone ? undone : { ...undone, step: { ...undone.step, unfilled: { table: owner, column: column.name } } }
}

function undoRename(app: App, session: Session, live: Schema, row: LedgerEntryRow, entry: Extract<Entry, { kind: 'rename' }>): Undone {
  const { table, column, to, schema } = entry.entry.rename
  const space = schema ?? app.database.defaultSchema
  const operation: Operation = column === undefined
    ? { verb: 'rename', kind: 'table', ref: { kind: 'table', schema: space, name: to }, newName: table }
    : { verb: 'rename', kind: 'column', ref: childRef('column', { schema: space, name: table }, to), newName: column }
  return render(app, session, live, renameEverywhere(live, operation), operation, row, `rename ${column === undefined ? to : `${table}.${to}`} back to ${column ?? table}`, 0)
}

/** As long as the old side is there it holds all that either code wrote. */
function undoOnline(app: App, session: Session, live: Schema, row: LedgerEntryRow): Undone {
  const pair = app.dialect.online?.pairs(live).find((one) => one.id === row.id)
  const step = pair === undefined ? undefined : app.dialect.online?.undo(pair, { live, target: live, version: session.version })
  if (pair === undefined || step === undefined) return { subject: `entry ${row.id}`, message: 'has no old side any more.', hint: 'Write a new online entry that goes the other way.' }
  const unfilled = { table: pair.table, column: pair.to }
  return { step: { title: step.title, row, statements: step.statements, locks: step.locks, rowsLost: 0, unfilled }, after: live }
}

function render(app: App, session: Session, from: Schema, to: Schema, operation: Operation, row: LedgerEntryRow, title: string, rowsLost: number): Undone {
  const steps = planDdl({ from, to, operations: [operation], dialect: app.dialect, defaultSchema: app.database.defaultSchema, version: session.version })
  return {
    step: { title, row, statements: steps.flatMap(({ step }) => step.statements), locks: steps.flatMap(({ step }) => step.locks), rowsLost },
    after: to,
  }
}
