import type { Index, Named, PrimaryKey, Unique } from '../../../schema/schema.ts'
import type { RenderContext, Step } from '../../dialect.ts'
import { findTable } from './find.ts'
import { qualified } from './names.ts'
import { SHARE_UPDATE_EXCLUSIVE, lock, makeStep } from './step.ts'

/**
 * What builds that did not finish left behind goes first: of the same name it would be in the way, of the same definition it only
 * costs every write, and a unique one still refuses rows.
 */
export function dropLeftOvers(wanted: Index, context: RenderContext, table: Named): readonly Step[] {
  const left = findTable(context.before, table)?.indexes.filter((index) => index.valid === false && (index.name === wanted.name || isSame(index, wanted))) ?? []
  return left.filter((index) => !isDropped('index', index.name, context, table)).map((index) =>
    makeStep(`drop what is left of index ${index.name}`, [`DROP INDEX CONCURRENTLY ${qualified({ schema: table.schema, name: index.name })}`], {
      transaction: false, class: 'online', locks: lock(context, table, SHARE_UPDATE_EXCLUSIVE), reason: 'A build of it did not finish. It serves no query and costs every write.',
    }))
}

/** Whether the plan drops it by an operation of its own. */
export function isDropped(kind: 'index' | 'constraint', name: string, context: RenderContext, table: Named): boolean {
  return context.operations?.some((operation) => operation.verb === 'drop' && operation.kind === kind && operation.ref.name === name && operation.ref.schema === table.schema && operation.ref.table === table.name) === true
}

/** Two indexes that serve the same queries, whatever their names. */
export function isSame(a: Index, b: Index): boolean {
  const facts = (index: Index): string =>
    JSON.stringify([index.unique, index.method, index.where, index.nullsNotDistinct === true, index.include ?? [], index.keys.map((key) => [key.column, key.expression, key.order, key.nulls, key.opclass ?? null, key.collation ?? null])])
  return facts(a) === facts(b)
}

/** A start that died between two steps left the index whole: the server goes on building when its client is gone. */
export const isBuilt = (wanted: Index, context: RenderContext, table: Named): boolean =>
  findTable(context.before, table)?.indexes.some((index) => index.name === wanted.name && index.valid !== false && isSame(index, wanted)) === true

/** The index that a key comes with. */
export const indexOf = (key: PrimaryKey | Unique): Index => ({
  name: key.name, unique: true, method: 'btree', where: null, include: key.include ?? [], parameters: key.parameters ?? [],
  nullsNotDistinct: key.type === 'unique' && key.nullsNotDistinct === true,
  keys: key.columns.map((column) => ({ column, expression: null, order: 'asc', nulls: 'last' })),
})
