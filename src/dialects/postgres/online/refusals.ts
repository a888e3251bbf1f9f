import type { PairRequest, Refusal } from '../../online.ts'
import type { Column, Schema, Table } from '../../../schema/schema.ts'
import { displayName, keyOf, rowKey } from '../../../schema/schema.ts'
import type { Copy } from './copies.ts'
import { mentions } from './texts.ts'

/** What cannot be done to a column while everybody works, each in words that name what is in the way. */
export function refusals(live: Schema, table: Table, column: Column, copies: readonly Copy[], request: PairRequest): readonly Refusal[] {
  return [...ofPartitions(table, request), ...[...ofTable(live, table), ...ofReaders(live, table, column), ...ofKeys(table, column, copies, request)].map((reason) => ({ reason }))]
}

/** A key of a partitioned table cannot take over an index that was built before, so that there is no short switch. */
function ofPartitions(table: Table, request: PairRequest): readonly Refusal[] {
  if (table.partitionBy == null && table.partitionOf == null) return []
  const byHand = 'add the new column in the models, keep both in step by a trigger and fill it by a backfill, as docs/how-to/change-a-type-online.md shows for partitioned tables'
  return [{
    reason: table.partitionBy != null ? 'the table is partitioned' : `the table is a partition of ${table.partitionOf?.parent.name ?? 'another table'}`,
    instead: request.type === undefined ? `Keep the old name in the database and map it in the model, which changes nothing there; or ${byHand}.` : `${byHand[0]?.toUpperCase() ?? ''}${byHand.slice(1)}.`,
  }]
}

function ofTable(live: Schema, table: Table): readonly string[] {
  const isParent = live.table.some((other) => (other.inherits ?? []).some((parent) => keyOf(plain(parent)) === keyOf(plain(table))))
  return [
    ...((table.inherits ?? []).length > 0 || isParent ? ['it inherits columns or passes them on'] : []),
    ...(table.foreign != null ? ['it is a foreign table: its rows are elsewhere'] : []),
    ...(table.ofType != null ? ['it is a table of a composite type, whose columns are the type\'s'] : []),
    ...(table.rowSecurity === 'forced' ? ['its row security is forced, so that old rows may be hidden from whoever fills the new column'] : []),
    ...(rowKey(table) === null ? ['it has neither a primary key nor a unique key of NOT NULL columns to walk along'] : []),
  ]
}

const plain = ({ schema, name }: { readonly schema: string; readonly name: string }): { readonly schema: string; readonly name: string } => ({ schema, name })

/** What reads the column by its number goes on reading the old one, and would be in the way when that goes. */
function ofReaders(live: Schema, table: Table, column: Column): readonly string[] {
  const reads = (needs: readonly { readonly kind: string; readonly schema: string; readonly table?: string; readonly name: string }[] | undefined): boolean =>
    needs?.some((ref) => ref.kind === 'column' && ref.schema === table.schema && ref.table === table.name && ref.name === column.name) === true
  const say = (what: string, names: readonly string[]): readonly string[] => names.map((name) => `${what} ${displayName({ name })} reads it`)
  const trigger = (definition: string): string => definition.replace(/\sEXECUTE (FUNCTION|PROCEDURE)\s[^]*$/, '').replace(/^[^]*?\s(BEFORE|AFTER|INSTEAD OF)\s/, '').replaceAll(/\b(?:old|new)\./gi, '')
  return [
    ...(column.generated == null ? [] : ['it is a generated column']),
    ...live.view.filter((view) => reads(view.needs)).map((view) => `view ${displayName(view, table.schema)} reads it`),
    ...say('generated column', table.columns.filter((other) => other.generated != null && mentions(other.generated.expression, column.name)).map((other) => other.name)),
    ...say('policy', (table.policies ?? []).filter((policy) => [policy.using, policy.check].some((text) => text !== null && mentions(text, column.name))).map((policy) => policy.name)),
    ...say('trigger', (table.triggers ?? []).filter((one) => reads(one.needs) || mentions(trigger(one.definition), column.name)).map((one) => one.name)),
    ...say('rule', (table.rules ?? []).filter((rule) => reads(rule.needs) || mentions(rule.definition, column.name)).map((rule) => rule.name)),
    ...live.statistics.filter((one) => keyOf(plain(one.table)) === keyOf(plain(table)) && mentions(one.definition, column.name)).map((one) => `extended statistics ${displayName(one, table.schema)} are over it`),
    ...live.routine.filter((routine) => reads(routine.needs)).map((routine) => `routine ${displayName(routine, table.schema)} reads it`),
  ]
}

const FAMILIES = [['smallint', 'integer', 'bigint'], ['text', 'character varying']]

function ofKeys(table: Table, column: Column, copies: readonly Copy[], request: PairRequest): readonly string[] {
  const exclusions = table.constraints.filter((item) => item.type === 'exclusion' && mentions(item.definition, column.name)).map((item) => `exclusion constraint ${displayName({ name: item.name })} is over it, and such a constraint cannot be added to a table in use`)
  const temporal = table.constraints.filter((item) => (item.type === 'primaryKey' || item.type === 'unique') && item.withoutOverlaps === true && item.columns.includes(column.name)).map((item) => `key ${displayName({ name: item.name })} is WITHOUT OVERLAPS`)
  const identity = copies.some((item) => item.original.name === table.replicaIdentity) ? [`index ${table.replicaIdentity} over it is the replica identity of the table`] : []
  if (request.type === undefined) return [...exclusions, ...temporal, ...identity]
  const base = (type: string): string => type.replace(/\(.*$/, '')
  const fits = FAMILIES.some((family) => family.includes(base(column.type)) && family.includes(base(request.type ?? '')))
  const foreign = fits ? [] : copies.flatMap((item) => ((item.kind === 'constraint' && item.original.type === 'foreignKey') || item.kind === 'reference'
    ? [`foreign key ${displayName({ name: item.original.name })} of ${item.table.name} compares ${column.type} with ${column.type}, and ${request.type} does not fit: take the key away first and declare it anew when both columns have their new type`] : []))
  return [...exclusions, ...temporal, ...identity, ...foreign]
}
