import type { DeleteStmt, InsertStmt, MergeStmt, Node, RangeVar, UpdateStmt } from 'libpg-query'
import type { Named } from '../../../schema/schema.ts'
import { keyOf } from '../../../schema/schema.ts'
import type { ActionOf } from '../../facts.ts'
import type { Collector } from './collector.ts'
import { as, strings, walk } from './tree.ts'
import { isServers } from './types.ts'

/** The tables that a query reads, without those that it names itself (WITH). */
export function tablesOf(query: Node | undefined, collect: Collector): readonly Named[] {
  const own = new Set<string>()
  const found = new Map<string, Named>()
  walk(query, (tag, node) => {
    if (tag === 'CommonTableExpr' && typeof node['ctename'] === 'string') own.add(node['ctename'])
  })
  walk(query, (tag, node) => {
    if (tag !== 'RangeVar') return
    // The walk gives what its tag says.
    const relation = node as RangeVar
    if (relation.schemaname === undefined && own.has(relation.relname ?? '')) return
    const named = collect.relation(relation)
    found.set(keyOf(named), named)
  })
  return [...found.values()]
}

/** SELECT: what it reads, and the functions that it calls, which may do anything. */
export function select(query: Node, collect: Collector): void {
  const tables = tablesOf(query, collect)
  for (const table of tables) {
    collect.lock(table, 'ACCESS SHARE')
    collect.work('scan', table, 'ACCESS SHARE')
  }
  if (tables.length > 0) collect.act({ do: 'read', tables })
  calls(query, collect)
  if (tables.length === 0) actsAlone(query, collect)
  const into = as(query, 'SelectStmt')?.intoClause
  if (into === undefined) return
  twiceNamed(query, collect)
  const table = collect.relation(into.rel)
  collect.memory.create(table, { partitioned: false, partitionOf: null, temporary: into.rel?.relpersistence === 't' })
  collect.act({ do: 'create-table', ...collect.on(table), columns: [], references: [], ifNotExists: false, temporary: into.rel?.relpersistence === 't', unlogged: false, partitionOf: null, from: tables })
}

/** `SELECT make_partitions()`: a call that reads no table is there for what it does. */
function actsAlone(query: Node, collect: Collector): void {
  for (const node of as(query, 'SelectStmt')?.targetList ?? []) {
    const name = strings(as(as(node, 'ResTarget')?.val, 'FuncCall')?.funcname)
    const [only] = name
    if (name.length === 1 && only !== undefined && !isServers(only)) collect.act({ do: 'opaque', what: `function ${only}` })
  }
}

/** The server's functions that change something, or wait. What others do is not known. */
const WAITS = /^pg_advisory_(xact_)?lock(_shared)?$/
const HARMLESS = /^(pg_catalog|information_schema)$/

export function calls(tree: unknown, collect: Collector): void {
  walk(tree, (tag, node) => {
    if (tag !== 'FuncCall') return
    const name = strings(node['funcname'] as Node[])
    const last = name.at(-1) ?? ''
    if (WAITS.test(last)) collect.act({ do: 'advisory-lock', call: last })
    else if (last === 'set_config' || last === 'setval') return
    else if (name.length > 1 && !HARMLESS.test(name[0] ?? '')) collect.act({ do: 'opaque', what: `function ${name.join('.')}` })
  })
}

/** INSERT, UPDATE, DELETE and MERGE. */
export function write(verb: ActionOf<'write'>['verb'], statement: InsertStmt | UpdateStmt | DeleteStmt | MergeStmt, collect: Collector): void {
  const table = collect.relation(statement.relation)
  collect.lock(table, 'ROW EXCLUSIVE')
  const condition = 'whereClause' in statement ? statement.whereClause : undefined
  const join = 'joinCondition' in statement && statement.joinCondition !== undefined
  const where = verb === 'insert' || verb === 'merge' || (condition !== undefined && !isAlways(condition)) || join
  const everyRow = (verb === 'update' || verb === 'delete') && !isOneRow(condition)
  for (const read of tablesOf(restOf(statement), collect)) if (keyOf(read) !== keyOf(table)) collect.lock(read, 'ACCESS SHARE')
  if (everyRow) collect.work('scan', table, 'ROW EXCLUSIVE')
  collect.act({ do: 'write', ...collect.on(table), verb, where, everyRow })
  targets(verb, statement, collect)
  calls(statement, collect)
}

/** All but the table that is written to. */
function restOf(statement: object): Node {
  const { relation: _, ...rest } = statement as Record<string, unknown>
  return rest as unknown as Node
}

const isAlways = (condition: Node): boolean => as(condition, 'A_Const')?.boolval?.boolval === true

/** `id = 1`: a value for one column, alone or with more conditions. */
function isOneRow(condition: Node | undefined): boolean {
  const test = as(condition, 'A_Expr')
  if (test !== undefined) {
    if (strings(test.name).join() !== '=' || as(test.lexpr, 'ColumnRef') === undefined) return false
    return test.kind === 'AEXPR_OP' ? as(test.rexpr, 'A_Const') !== undefined : test.kind === 'AEXPR_IN' && as(test.rexpr, 'List') !== undefined
  }
  const both = as(condition, 'BoolExpr')
  return both?.boolop === 'AND_EXPR' && (both.args ?? []).some(isOneRow)
}

/** A column that is set twice: the server refuses it, or the last one wins where both are parts of a whole. */
function targets(verb: ActionOf<'write'>['verb'], statement: object, collect: Collector): void {
  if (verb === 'insert') return assigned(listOf(statement, 'cols'), collect)
  if (verb === 'update') return assigned(listOf(statement, 'targetList'), collect)
  if (verb !== 'merge') return
  for (const node of listOf(statement, 'mergeWhenClauses')) {
    const clause = as(node, 'MergeWhenClause')
    if (clause !== undefined) assigned(clause.targetList ?? [], collect)
  }
}

const listOf = (statement: object, field: string): readonly Node[] => {
  const value = (statement as Readonly<Record<string, unknown>>)[field]
  return Array.isArray(value) ? (value as readonly Node[]) : []
}

/** Whole columns once; parts of one (`a.x`, `a[1]`) beside each other, but not beside the whole. */
function assigned(nodes: readonly Node[], collect: Collector): void {
  const seen = new Map<string, boolean>()
  for (const node of nodes) {
    const target = as(node, 'ResTarget')
    const name = target?.name ?? ''
    const whole = (target?.indirection ?? []).length === 0
    const path = `${name}${whole ? '' : JSON.stringify(target?.indirection?.map((part) => as(part, 'String')?.sval ?? as(as(part, 'A_Indices')?.uidx, 'A_Const')?.ival?.ival ?? 0))}`
    const clash = whole ? [...seen.keys()].some((other) => other === name || other.startsWith(`${name}[`) ) : seen.has(name) || seen.has(path)
    if (clash) collect.act({ do: 'twice', name, where: 'assignments' })
    seen.set(path, whole)
  }
}

/** The names that the columns of a query get, where they become columns of a relation. */
export function twiceNamed(query: Node | undefined, collect: Collector): void {
  const seen = new Set<string>()
  for (const node of as(query, 'SelectStmt')?.targetList ?? []) {
    const target = as(node, 'ResTarget')
    const column = as(target?.val, 'ColumnRef')
    const last = strings(column?.fields).at(-1)
    if (column !== undefined && last === undefined) continue
    const call = as(target?.val, 'FuncCall')
    const name = target?.name ?? last ?? (call === undefined ? '?column?' : (strings(call.funcname).at(-1) ?? ''))
    if (seen.has(name)) collect.act({ do: 'twice', name, where: 'columns of the query' })
    seen.add(name)
  }
}
