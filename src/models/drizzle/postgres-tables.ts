import type { Check, Constraint, ForeignKey, Index, IndexKey, Policy, PrimaryKey, Table, Unique } from '../../schema/schema.ts'
import { withoutTwins } from '../twin-keys.ts'
import type { DrizzleCheck, DrizzleForeignKey, DrizzleIndex, DrizzleIndexColumn, DrizzleKey, DrizzlePolicy } from './entity.ts'
import { columnsOf, extrasOf, isDrizzleSql, isKind, isModern, kindsOf, member, tableName } from './entity.ts'
import { postgresIndexElement } from './index-element.ts'
import { classicUniqueName } from './names.ts'
import { postgresColumn } from './postgres-columns.ts'
import { postgresPolicy } from './postgres-policies.ts'
import type { Place, Reading } from './reading.ts'
import { actionOf, checkConstraints, checkTarget, explicitName, placeOf, referenceOf, writeOwn } from './reading.ts'

/** A table of `pgTable` with all that belongs to it. */
export function postgresTable(reading: Reading, table: object, subject: string, linked: readonly DrizzlePolicy[]): Table {
  const place = placeOf(reading, table, subject)
  const extras = reading.problems.attempt(subject, undefined, [], () => extrasOf(table))
  const parts = collectParts(reading, place, extras)
  checkConstraints(reading, subject, parts.constraints)
  const policies = [...parts.policies, ...linked.map((policy) => postgresPolicy(reading, subject, policy))]
  const keyed = new Set(parts.constraints.flatMap((constraint) => (constraint.type === 'primaryKey' ? constraint.columns : [])))
  const secured = member<boolean>(table, 'drizzle:EnableRLS') === true || policies.length > 0
  return {
    schema: place.schema,
    name: place.name,
    columns: Object.entries(columnsOf(table)).map(([key, column]) =>
      postgresColumn(reading, place, key, column, keyed.has(reading.names.column(column)))),
    ...withoutTwins(parts.constraints),
    indexes: parts.indexes,
    // Left out, row security is not spoken of: what was switched on by hand stays.
    ...(secured && { rowSecurity: 'enabled' as const, policies }),
  }
}

interface Parts {
  readonly constraints: Constraint[]
  readonly indexes: Index[]
  readonly policies: Policy[]
}

function collectParts(reading: Reading, place: Place, extras: readonly object[]): Parts {
  const parts: Parts = { constraints: [], indexes: [], policies: [] }
  const { subject, table } = place
  const inline = columnKeys(reading, place)
  parts.constraints.push(...inline)
  const foreign = member<Record<string, DrizzleForeignKey>>(table, 'drizzle:PgInlineForeignKeys') ?? {}
  for (const key of Object.values(foreign)) reading.problems.attempt(subject, 'references', undefined, () => void parts.constraints.push(foreignKey(reading, place, key)))
  for (const extra of extras) {
    const field = explicitName(extra) ?? explicitName(member<object>(extra, 'config') ?? {})
    reading.problems.attempt(subject, field, undefined, () => addExtra(reading, place, extra, parts))
  }
  return parts
}

/** Each kind of builder gives an object of this class. The casts below say no more than the kind that was just asked for. */
function addExtra(reading: Reading, place: Place, extra: object, parts: Parts): void {
  if (isKind(extra, 'PgIndex')) parts.indexes.push(index(reading, place, extra as DrizzleIndex))
  else if (isKind(extra, 'PgCheck')) parts.constraints.push(check(reading, extra as DrizzleCheck))
  else if (isKind(extra, 'PgUniqueConstraint')) parts.constraints.push(tableUnique(reading, place, extra as DrizzleKey))
  else if (isKind(extra, 'PgPrimaryKey')) parts.constraints.push(tablePrimaryKey(reading, place, extra as DrizzleKey))
  else if (isKind(extra, 'PgForeignKey')) parts.constraints.push(foreignKey(reading, place, extra as DrizzleForeignKey))
  else if (isKind(extra, 'PgPolicy')) parts.policies.push(postgresPolicy(reading, place.subject, extra as DrizzlePolicy))
  else {
    const what = [...kindsOf(extra)][0] ?? 'a plain object'
    reading.problems.add(place.subject, undefined, `${what} is nothing that a table can have`, 'Return builders in a list: (t) => [index(\'name\').on(t.id)].')
  }
}

/** Primary and unique keys that are written at their column. */
function columnKeys(reading: Reading, place: Place): readonly Constraint[] {
  const keys: Constraint[] = []
  const columns = Object.values(columnsOf(place.table))
  const primary = columns.filter((column) => column.primary === true).map((column) => reading.names.column(column))
  if (primary.length > 0) keys.push(primaryKey(reading, place, primary, undefined))
  for (const column of columns) {
    if (column.isUnique !== true) continue
    // 0.45 fills the name in when the user gave none.
    const explicit = column.uniqueName === classicUniqueName(tableName(place.table), column) && !isModern(place.table) ? undefined : column.uniqueName
    keys.push(unique(reading, place, 'unique', [reading.names.column(column)], explicit, column.uniqueType === 'not distinct'))
  }
  return keys
}

function primaryKey(reading: Reading, place: Place, columns: readonly string[], explicit: string | undefined): PrimaryKey {
  const classic = !isModern(place.table) && columns.length === 1 ? reading.names.written(`${place.name}_pkey`) : undefined
  const named = explicit !== undefined
  // drizzle-kit 0.31 writes a single primary key without a name, so that the server makes its own.
  const name = named ? reading.names.written(explicit) : (classic ?? reading.names.madeUp(place.schema, place.table, { for: 'primaryKey', columns }))
  return { type: 'primaryKey', name, named, columns }
}

function unique(reading: Reading, place: Place, kind: 'unique' | 'tableUnique', columns: readonly string[], explicit: string | undefined, nullsNotDistinct: boolean): Unique {
  const named = explicit !== undefined
  const name = named ? reading.names.written(explicit) : reading.names.madeUp(place.schema, place.table, { for: kind, columns })
  return { type: 'unique', name, named, columns, nullsNotDistinct }
}

const columnNames = (reading: Reading, place: Place, key: DrizzleKey): readonly string[] =>
  key.columns.map((column) => reading.names.column({ name: column.name, keyAsName: column.keyAsName === true, table: place.table }))

const tablePrimaryKey = (reading: Reading, place: Place, key: DrizzleKey): PrimaryKey =>
  primaryKey(reading, place, columnNames(reading, place, key), key.name)

function tableUnique(reading: Reading, place: Place, key: DrizzleKey): Unique {
  const raw = `${tableName(place.table)}_${key.columns.map((column) => column.name).join('_')}_unique`
  const modern = member<boolean>(key, 'isNameExplicit')
  const explicit = (modern ?? key.name !== raw) ? key.name : undefined
  return unique(reading, place, 'tableUnique', columnNames(reading, place, key), explicit, key.nullsNotDistinct === true)
}

function foreignKey(reading: Reading, place: Place, key: DrizzleForeignKey): ForeignKey {
  checkTarget(reading, place, key)
  const { explicit, columns, references } = referenceOf(reading, place, key)
  const named = explicit !== undefined
  const made = (): string => reading.names.madeUp(place.schema, place.table, { for: 'foreignKey', columns, toTable: references.table, toColumns: references.columns })
  return {
    type: 'foreignKey', name: named ? reading.names.written(explicit) : made(), named, columns, references,
    onDelete: actionOf(key.onDelete), onUpdate: actionOf(key.onUpdate),
  }
}

const check = (reading: Reading, extra: DrizzleCheck): Check => ({
  type: 'check', name: reading.names.written(extra.name), named: true, expression: writeOwn(reading, extra.value),
})

function index(reading: Reading, place: Place, extra: DrizzleIndex): Index {
  const { config } = extra
  const keys = config.columns.map((column) => indexKey(reading, place, column))
  const named = Boolean(config.name)
  const columns = keys.map((key) => key.column ?? 'expr')
  const parameters = Object.entries(config.with ?? {}).map(([name, value]) => `${name}=${String(value)}`).sort()
  return {
    name: config.name ? reading.names.written(config.name) : reading.names.madeUp(place.schema, place.table, { for: 'index', columns }),
    named,
    unique: config.unique,
    method: config.method ?? 'btree',
    keys,
    where: config.where === undefined ? null : writeOwn(reading, config.where),
    parameters,
  }
}

function indexKey(reading: Reading, place: Place, column: DrizzleIndexColumn | object): IndexKey {
  if (isDrizzleSql(column)) return postgresIndexElement(writeOwn(reading, column))
  // What is no SQL is a column of the table, with or without options.
  const { name, keyAsName, indexConfig } = column as DrizzleIndexColumn
  const order = indexConfig?.order ?? 'asc'
  return {
    column: reading.names.column({ name, keyAsName: keyAsName === true, table: place.table }),
    expression: null,
    order,
    nulls: indexConfig?.nulls ?? (order === 'desc' ? 'first' : 'last'),
    ...(indexConfig?.opClass !== undefined && { opclass: indexConfig.opClass }),
  }
}
