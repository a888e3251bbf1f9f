import type { Column, Common, Constraint, Index, Table, View } from '../../schema/schema.ts'
import { displayName } from '../../schema/schema.ts'

/** True for what an object says beyond the usual. */
const says = (value: unknown): boolean => value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0)

/** What is said of a table, and that Drizzle has no word for. */
export function unsaidOfTable(table: Table, defaultSchema: string): readonly string[] {
  const name = displayName(table, defaultSchema)
  const facts: readonly (readonly [unknown, string])[] = [
    [table.unlogged, 'unlogged'], [table.parameters, 'storage parameters'], [table.accessMethod, 'access method'], [table.tablespace, 'tablespace'],
    [table.replicaIdentity !== 'default' && table.replicaIdentity, 'replica identity'], [table.partitionBy, 'partitions'], [table.inherits, 'inheritance'], [table.ofType, 'type'],
    [table.rowSecurity === 'forced', 'forced row security'], [table.strict, 'STRICT'], [table.withoutRowid, 'WITHOUT ROWID'],
    [table.rowSecurity === 'off' && table.policies, 'policies without row security'],
  ]
  return [
    ...facts.filter(([value]) => says(value)).map(([, what]) => `${what} of table ${name}`),
    ...commonOf(table, `table ${name}`),
    ...children(table, name),
    ...table.columns.flatMap((column) => unsaidOfColumn(column, name)),
    ...table.constraints.flatMap((constraint) => unsaidOfConstraint(constraint, name)),
    ...table.indexes.flatMap((index) => unsaidOfIndex(index, name)),
  ]
}

/** As for a table. */
export function unsaidOfView(view: View, defaultSchema: string): readonly string[] {
  const name = displayName(view, defaultSchema)
  return [
    ...commonOf(view, `view ${name}`),
    ...children(view, name),
    ...(view.indexes ?? []).map((index) => `index ${displayName(index)} of view ${name}`),
  ]
}

const commonOf = (object: Common, title: string): readonly string[] => (says(object.comment) ? [`comment on ${title}`] : [])

function children(relation: Pick<Table, 'triggers' | 'rules'>, name: string): readonly string[] {
  return [
    ...(relation.triggers ?? []).map((trigger) => `trigger ${displayName({ name: trigger.name })} of ${name}`),
    ...(relation.rules ?? []).map((rule) => `rule ${displayName({ name: rule.name })} of ${name}`),
  ]
}

function unsaidOfColumn(column: Column, table: string): readonly string[] {
  const name = `column ${table}.${displayName({ name: column.name })}`
  const facts: readonly (readonly [unknown, string])[] = [
    [column.collation, 'collation'], [column.storage, 'storage'], [column.compression, 'compression'], [column.statistics, 'statistics target'], [column.options, 'options'],
    [column.notNullName, 'name of NOT NULL'], [column.notNullValidated === false, 'NOT NULL that was never validated'],
  ]
  return [...facts.filter(([value]) => says(value)).map(([, what]) => `${what} of ${name}`), ...commonOf(column, name)]
}

function unsaidOfConstraint(constraint: Constraint, table: string): readonly string[] {
  const name = `constraint ${displayName({ name: constraint.name })} of ${table}`
  // Fields that only some of the constraints have.
  const more: Readonly<Record<string, unknown>> = { ...constraint }
  const facts: readonly (readonly [unknown, string])[] = [
    [constraint.deferrable !== 'no' && constraint.deferrable, 'deferrable'], [constraint.validated === false, 'NOT VALID'], [constraint.enforced === false, 'NOT ENFORCED'],
    [constraint.noInherit && constraint.type === 'check', 'NO INHERIT'], [more['include'], 'INCLUDE'], [more['withoutOverlaps'], 'WITHOUT OVERLAPS'], [more['parameters'], 'storage parameters'], [more['clustered'], 'CLUSTER'], [more['indexComment'], 'comment on the index'],
    [more['match'] !== 'simple' && more['match'], 'MATCH'], [more['setColumns'], 'column list of ON DELETE'], [more['period'], 'PERIOD'],
  ]
  return [...facts.filter(([value]) => says(value)).map(([, what]) => `${what} of ${name}`), ...commonOf(constraint, name)]
}

function unsaidOfIndex(index: Index, table: string): readonly string[] {
  const name = `index ${displayName({ name: index.name })} of ${table}`
  const facts: readonly (readonly [unknown, string])[] = [
    [index.include, 'INCLUDE'], [index.nullsNotDistinct, 'NULLS NOT DISTINCT'], [index.tablespace, 'tablespace'], [index.clustered, 'CLUSTER'], [index.statistics?.some((value) => value >= 0), 'statistics target'],
    [index.valid === false, 'INVALID'],
  ]
  return [...facts.filter(([value]) => says(value)).map(([, what]) => `${what} of ${name}`), ...commonOf(index, name)]
}
