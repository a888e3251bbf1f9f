import type { Schema, Table } from '../schema/schema.ts'
import { displayName, keyOf } from '../schema/schema.ts'
import type { LedgerTable, Tool, ToolId } from './tools.ts'
import { TOOLS, TOOL_IDS } from './tools.ts'

/** The ledger of another migration tool in this database. */
export interface FoundLedger {
  readonly tool: ToolId
  readonly table: Table
  /** Its lock and the like. */
  readonly beside: readonly Table[]
}

/** Finds ledgers by the columns of their tables. Pure. */
export function recognise(schema: Schema): readonly FoundLedger[] {
  return TOOL_IDS.flatMap((tool) => {
    const shape: Tool = TOOLS[tool]
    const ledgers = schema.table.filter((table) => fits(table, shape.ledger))
    return ledgers.map((table): FoundLedger => ({ tool, table, beside: besides(shape, table, schema) }))
  })
}

/** Tables of tools that stand alone: TypeORM keeps its metadata, and a lock stays, where no migration was ever run. */
function orphans(schema: Schema, found: readonly FoundLedger[]): readonly (readonly [ToolId, Table])[] {
  const taken = new Set(found.flatMap((one) => [one.table, ...one.beside]).map(keyOf))
  return TOOL_IDS.flatMap((tool) => (TOOLS[tool].beside ?? []).flatMap((shape) => schema.table.filter((table) => !taken.has(keyOf(table)) && fits(table, shape)).map((table) => [tool, table] as const)))
}

const besides = (tool: Tool, ledger: Table, schema: Schema): readonly Table[] =>
  (tool.beside ?? []).flatMap((shape) => schema.table.filter((table) => table.schema === ledger.schema && fits(table, shape)))

function fits(table: Table, shape: LedgerTable): boolean {
  if (shape.name !== undefined && !shape.name.test(table.name)) return false
  const names = new Set(table.columns.map((column) => column.name))
  const known = new Set([...shape.columns, ...(shape.later ?? [])])
  return shape.columns.every((column) => names.has(column)) && [...names].every((name) => known.has(name))
}

/**
 * A database without the tables of other tools, each of which is named among what is not managed: they are no drift, and
 * nothing drops them. A table that the other side declares is its own and stays.
 */
export function setAside(live: Schema, declared: Schema, defaultSchema: string): Schema {
  const ours = new Set(declared.table.map(keyOf))
  const found = recognise(live)
  const all = [...found.flatMap((one) => [one.table, ...one.beside].map((table) => [one.tool, table] as const)), ...orphans(live, found)].filter(([, table]) => !ours.has(keyOf(table)))
  if (all.length === 0) return live
  const gone = new Map(all.map(([tool, table]) => [keyOf(table), tool]))
  // A schema that holds nothing else was made by the tool, too.
  const left = live.table.filter((table) => !gone.has(keyOf(table)))
  const kept = new Set([defaultSchema, ...declared.namespace.map((namespace) => namespace.name), ...[...left, ...live.view, ...live.enum, ...live.routine, ...live.domain, ...declared.table].map((object) => object.schema)])
  const emptied = new Set(all.map(([, table]) => table.schema).filter((schema) => !kept.has(schema)))
  return {
    ...live,
    table: left,
    sequence: live.sequence.filter(({ ownedBy }) => ownedBy === null || !gone.has(keyOf({ schema: ownedBy.schema, name: ownedBy.table }))),
    namespace: live.namespace.filter((namespace) => !emptied.has(namespace.name)),
    unmanaged: [...live.unmanaged, ...all.map(([tool, table]) => ({ kind: 'table', name: displayName(table, defaultSchema), reason: 'tolerated' as const, because: `tolerated: ledger of ${TOOLS[tool].title}` }))],
  }
}
