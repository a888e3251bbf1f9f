import type { IndexStmt, ReindexStmt } from 'libpg-query'
import type { Named } from '../../../schema/schema.ts'
import type { Collector } from './collector.ts'
import type { IndexMemory } from './memory.ts'
import { as, optionIs } from './tree.ts'

/** CREATE INDEX. */
export function createIndex(statement: IndexStmt, collect: Collector): void {
  const { memory } = collect
  const table = collect.relation(statement.relation)
  const elements = (statement.indexParams ?? []).flatMap((node) => as(node, 'IndexElem') ?? [])
  const concurrently = statement.concurrent === true
  const only = statement.relation?.inh !== true
  const index: IndexMemory = { table, columns: leading(elements), partial: statement.whereClause !== undefined, unique: statement.unique === true }
  const method = statement.accessMethod ?? 'btree'
  const mode = concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE'
  collect.lock(table, mode)
  if (!only || memory.table(table)?.partitioned !== true) collect.work('build', table, mode)
  collect.act({
    do: 'create-index', ...collect.on(table), name: statement.idxname ?? null, concurrently, unique: index.unique, ifNotExists: statement.if_not_exists === true, columns: elements.length, method,
    redundant: method === 'btree' && elements.length === index.columns.length ? coveredBy(index, collect) : null, only, partitioned: memory.table(table)?.partitioned === true,
  })
  collect.index(statement.idxname ?? defaultName(table, index), index)
}

const defaultName = (table: Named, index: IndexMemory): string => `${table.name}_${index.columns.join('_')}_idx`

function leading(elements: readonly { readonly name?: string }[]): string[] {
  const end = elements.findIndex((element) => element.name === undefined)
  return elements.slice(0, end < 0 ? elements.length : end).flatMap((element) => element.name ?? [])
}

/** Another index that begins with the same columns and holds every row. A unique one is never redundant: it promises something. */
function coveredBy(index: IndexMemory, collect: Collector): string | null {
  if (index.partial || index.unique || index.columns.length === 0) return null
  for (const [key, other] of collect.memory.indexes) {
    if (other.partial || other.table.name !== index.table.name || other.table.schema !== index.table.schema) continue
    if (index.columns.every((column, at) => other.columns[at] === column)) return key.slice(key.indexOf('.') + 1)
  }
  return null
}

/** REINDEX: its locks stand on indexes too, where readers plan their queries. */
export function reindex(statement: ReindexStmt, collect: Collector): void {
  const concurrently = optionIs(statement.params, 'concurrently')
  const what = (statement.kind ?? '').replace('REINDEX_OBJECT_', '').toLowerCase()
  const named = what === 'index' || what === 'table' ? collect.relation(statement.relation) : null
  const table = named === null ? { schema: collect.defaultSchema, name: statement.name ?? '' } : what === 'index' ? tableOf(named, collect) : named
  if (named !== null) {
    const mode = concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE'
    if (table !== named || what === 'table') collect.lock(table, mode)
    if (what === 'index') collect.lock(named, concurrently ? mode : 'ACCESS EXCLUSIVE', 'index')
    collect.work('build', table, mode)
  }
  collect.act({ do: 'reindex', ...collect.on(table), what, name: named?.name ?? statement.name ?? null, concurrently })
}

/** The table of an index, as far as it was seen; else the index itself stands for it. */
export const tableOf = (index: Named, collect: Collector): Named => collect.memory.indexes.get(`${index.schema}.${index.name}`)?.table ?? index
