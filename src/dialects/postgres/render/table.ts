import type { AlterOperation } from '../../../operations/operation.ts'
import type { Column, Constraint, Index, Named, Table } from '../../../schema/schema.ts'
import { keyOf } from '../../../schema/schema.ts'
import { defaultPartition } from './family.ts'
import { findTable } from './find.ts'
import { attachCost, attachLocks, proveBounds } from './partition-bounds.ts'
import type { KindRenderer, RenderContext, Step } from '../../dialect.ts'
import { makeObjectName } from '../names.ts'
import { identityAction } from './alter-text.ts'
import { columnExtras, columnText, notNullName } from './column-text.ts'
import { constraintText } from './constraint-text.ts'
import { indexText } from './index-text.ts'
import { nameNotNull } from './not-null-name.ts'
import { parameterList, qualified, quoteName } from './names.ts'
import { commentOn, decorate, tableTarget } from './privileges.ts'
import { renameTo } from './rename.ts'
import { foreignOptions } from './foreign.ts'
import { columnGrants } from './column-grants.ts'
import { alterTable } from './table-alter.ts'
import { ACCESS_EXCLUSIVE, HAZARDS, lockThere, stepFor } from './step.ts'

/** Tables, their partitions, foreign tables. A new table comes with all that needs nothing else. */
export const tableRenderer: KindRenderer<'table'> = {
  create: (operation, context) => {
    const { to } = operation
    const proof = proveBounds(to, context)
    const steps = stepFor(operation, context, [...createStatements(to, context), ...proof.after], { ...attachCost(proof, context), locks: attachLocks(to, context) })
    return [...proof.before, ...steps]
  },
  drop: (operation, context) => {
    const { from } = operation
    const referencedTables = from.constraints.flatMap((item) => (item.type === 'foreignKey' ? [referenced(item)] : []))
    const rest = from.partitionOf == null ? undefined : defaultPartition(context.before, from.partitionOf.parent)
    const others = [...referencedTables, ...(from.partitionOf == null ? [] : [from.partitionOf.parent]), ...(rest === undefined || keyOf(rest) === keyOf(from) ? [] : [rest])]
    // A partition that foreign keys of others may point at can only go once it is none any more.
    const parent = from.partitionOf?.parent
    const leaves = parent !== undefined && findTable(context.after, parent) !== undefined && !context.isNew(parent)
    const detach = leaves ? [`ALTER TABLE ${qualified(parent)} DETACH PARTITION ${qualified(from)}`] : []
    return stepFor(operation, context, [...detach, `DROP ${from.foreign == null ? 'TABLE' : 'FOREIGN TABLE'} ${qualified(from)}`], {
      class: 'destructive',
      locks: [...others, from].flatMap((relation) => lockThere(context, relation, ACCESS_EXCLUSIVE)),
      hazards: [HAZARDS.dataLoss(`table ${from.name}`), ...referencedTables.map((one) => HAZARDS.locksParent(`dropping ${from.name}`, one.name))],
    })
  },
  alter: (operation, context): readonly Step[] => alterTable(operation as AlterOperation<'table'>, context),
  rename: renameTo('TABLE'),
}

const isSame = (one: Named, other: Named): boolean => keyOf(one) === keyOf(other)

const referenced = (item: Extract<Constraint, { type: 'foreignKey' }>): Named => ({ schema: item.references.schema, name: item.references.table })

function createStatements(table: Table, context: RenderContext): readonly string[] {
  return [
    ...createTexts(table, context),
    ...actions(table, table.columns.filter((column) => column.local !== false || table.partitionOf != null).flatMap(columnExtras)),
    ...inheritedDefaults(table, context),
    ...table.indexes.map((index) => indexText(index, table)),
    ...attach(table),
    ...optionStatements(table),
    ...comments(table),
    ...decorate(table, tableTarget(qualified(table), wordOf(table), context.version), context),
    // A REVOKE on the table takes what is granted on its columns along.
    ...table.columns.flatMap((column) => columnGrants(table, column, context.version)),
  ]
}

const wordOf = (table: Table): string => (table.foreign == null ? 'TABLE' : 'FOREIGN TABLE')

function createTexts(table: Table, context: RenderContext): readonly string[] {
  const typed = table.ofType != null
  // A partition is made on its own and attached, so that its columns, keys and indexes have the names that were asked for.
  const isOwn = (item: { readonly local?: boolean }): boolean => item.local !== false || table.partitionOf != null
  const identity = table.partitionOf == null || context.version < 170000
  const columns = table.columns.filter(isOwn).map((column) => columnPart(nameNotNull(table, column, context), { typed, identity, version: context.version }))
  const wanted = table.constraints.filter((item) => isOwn(item) && !comesWithParent(table, item))
  const twice = wanted.filter((item, at) => isKey(item) && wanted.some((other, i) => isKey(other) && other.columns.join('\u0000') === item.columns.join('\u0000') && (keyRank(other) < keyRank(item) || (keyRank(other) === keyRank(item) && i < at))))
  const lateKeys = wanted.filter((item) => isLateKey(table, item))
  const keys = [...lateKeys, ...twice]
  // A foreign key to the table itself may stand on one of them.
  const late = [...keys, ...(keys.length === 0 ? [] : wanted.filter((item) => item.type === 'foreignKey' && isSame(referenced(item), table)))]
  const constraints = wanted.filter((item) => !late.includes(item)).map((item) => constraintText(item))
  const notNulls = table.columns.filter((column) => isOwn(column) && column.notNull && column.notNullValidated === false).map((column) => lateNotNull(table, column))
  const body = [...columns, ...constraints].map((line) => `  ${line}`).join(',\n')
  const text = [
    `CREATE ${table.unlogged === true ? 'UNLOGGED ' : ''}${wordOf(table)} ${qualified(table)}${typed && table.ofType != null ? ` OF ${qualified(table.ofType)}` : ''}`,
    typed && body === '' ? '' : body === '' ? '()' : `(\n${body}\n)`,
    (table.inherits ?? []).length === 0 ? '' : `INHERITS (${(table.inherits ?? []).map(qualified).join(', ')})`,
    table.partitionBy == null ? '' : `PARTITION BY ${table.partitionBy}`,
    table.accessMethod == null ? '' : `USING ${quoteName(table.accessMethod)}`,
    (table.parameters ?? []).length === 0 ? '' : `WITH ${parameterList(table.parameters ?? [])}`,
    table.tablespace == null ? '' : `TABLESPACE ${quoteName(table.tablespace)}`,
    table.foreign == null ? '' : `SERVER ${quoteName(table.foreign.server)}${foreignOptions(table.foreign.options)}`,
  ].filter((part) => part !== '').join(' ')
  // Of two keys over the same columns in one CREATE TABLE the server keeps one.
  return [text, ...late.map((item) => `ALTER TABLE ${qualified(table)} ADD ${constraintText(item)}`), ...notNulls]
}

/** In one CREATE TABLE a primary key names the NOT NULL of its columns anew, also where a parent's has another name. */
const isLateKey = (table: Table, item: Constraint): boolean =>
  item.type === 'primaryKey' && (table.inherits ?? []).length > 0 && table.columns.some((column) => column.local === false && column.notNullName != null && item.columns.includes(column.name))

/** Of keys over the same columns the first is taken for a parent's, or finds the first of a partition that joins. */
const keyRank = (item: Constraint): number => (item.local === false ? 0 : 2) + (item.type === 'primaryKey' ? 0 : 1)

const isKey = (item: Constraint): item is Extract<Constraint, { type: 'primaryKey' | 'unique' }> => item.type === 'primaryKey' || item.type === 'unique'

/** What attaching a partition makes by itself: foreign keys, and keys with the names that the server gives. */
function comesWithParent(table: Table, item: Constraint): boolean {
  if (item.local !== false || table.partitionOf == null) return false
  // With two keys over the same columns the server might take the other one for the parent's.
  const over = (other: Constraint): string => (other.type === 'primaryKey' || other.type === 'unique' ? other.columns.join('\u0000') : other.name)
  const isAlone = !table.constraints.some((other) => other !== item && over(other) === over(item))
  switch (item.type) {
    case 'foreignKey':
      return true
    case 'primaryKey':
      return isAlone && item.name === makeObjectName(table.name, null, 'pkey')
    case 'unique':
      return isAlone && item.name === makeObjectName(table.name, item.columns.join('_'), 'key')
    default:
      return false
  }
}

function columnPart(column: Column, options: { readonly typed: boolean; readonly identity: boolean; readonly version: number }): string {
  const text = columnText(column, { type: !options.typed, identity: options.identity, version: options.version })
  return options.typed ? text.replace(quoteName(column.name), `${quoteName(column.name)} WITH OPTIONS`) : text
}

/** Version 18 keeps NOT NULL constraints that were never checked. */
const lateNotNull = (table: Table, column: Column): string =>
  `ALTER TABLE ${qualified(table)} ADD CONSTRAINT ${quoteName(column.notNullName ?? makeObjectName(table.name, column.name, 'not_null'))} NOT NULL ${quoteName(column.name)} NOT VALID`

function actions(table: Table, list: readonly string[]): readonly string[] {
  return list.length === 0 ? [] : [`ALTER ${wordOf(table)} ${qualified(table)} ${list.join(', ')}`]
}

/** An inherited column may have a default of its own. */
function inheritedDefaults(table: Table, context: RenderContext): readonly string[] {
  if (table.partitionOf != null) return []
  const inherited = table.columns.filter((column) => column.local === false)
  const changed = inherited.flatMap((column) => {
    const parent = (table.inherits ?? []).map((name) => findTable(context.after, name)?.columns.find((other) => other.name === column.name)).find((other) => other !== undefined)
    if (parent === undefined) return []
    return [
      ...(parent.default === column.default || column.generated != null ? [] : [
        `ALTER COLUMN ${quoteName(column.name)} ${column.default === null ? 'DROP DEFAULT' : `SET DEFAULT ${column.default}`}`,
      ]),
      ...(column.notNull && !parent.notNull ? [`ALTER COLUMN ${quoteName(column.name)} SET NOT NULL`] : []),
    ]
  })
  return actions(table, changed)
}

function attach(table: Table): readonly string[] {
  if (table.partitionOf == null) return []
  return [`ALTER TABLE ${qualified(table.partitionOf.parent)} ATTACH PARTITION ${qualified(table)} ${table.partitionOf.bound}`]
}

const ROW_SECURITY = {
  off: [], enabled: ['ENABLE ROW LEVEL SECURITY'], forced: ['ENABLE ROW LEVEL SECURITY', 'FORCE ROW LEVEL SECURITY'], offButForced: ['FORCE ROW LEVEL SECURITY'],
} as const

function optionStatements(table: Table): readonly string[] {
  const clustered = [...table.indexes, ...table.constraints].find((item) => 'clustered' in item && item.clustered === true)
  return [
    ...ROW_SECURITY[table.rowSecurity ?? 'off'].map((action) => `ALTER TABLE ${qualified(table)} ${action}`),
    ...(clustered === undefined ? [] : [`ALTER TABLE ${qualified(table)} CLUSTER ON ${quoteName(clustered.name)}`]),
    ...((table.replicaIdentity ?? 'default') === 'default' ? [] : [`ALTER TABLE ${qualified(table)} ${identityAction(table.replicaIdentity ?? 'default')}`]),
    ...table.indexes.flatMap((index) => indexStatistics(table.schema, index)),
  ]
}

/** Statistics targets of an index's expressions. */
export const indexStatistics = (schema: string, index: Index): readonly string[] =>
  (index.statistics ?? []).flatMap((target, i) =>
    target < 0 ? [] : [`ALTER INDEX ${qualified({ schema, name: index.name })} ALTER COLUMN ${i + 1} SET STATISTICS ${target}`],
  )

function comments(table: Table): readonly string[] {
  const name = qualified(table)
  return [
    ...table.columns.flatMap((column) => (column.notNullComment == null ? [] : [commentOn(`CONSTRAINT ${quoteName(notNullName(table.name, column))} ON ${name}`, column.notNullComment)])),
    ...table.columns.flatMap((column) => (column.comment == null ? [] : [commentOn(`COLUMN ${name}.${quoteName(column.name)}`, column.comment)])),
    ...table.constraints.flatMap((item) => (item.comment == null ? [] : [commentOn(`CONSTRAINT ${quoteName(item.name)} ON ${name}`, item.comment)])),
    ...table.constraints.flatMap((item) => ('indexComment' in item && item.indexComment != null ? [commentOn(`INDEX ${qualified({ schema: table.schema, name: item.name })}`, item.indexComment)] : [])),
    ...table.indexes.flatMap((item) => (item.comment == null ? [] : [commentOn(`INDEX ${qualified({ schema: table.schema, name: item.name })}`, item.comment)])),
  ]
}
