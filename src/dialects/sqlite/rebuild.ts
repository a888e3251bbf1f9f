import type { Step } from '../dialect.ts'
import type { Column, Schema, Table, Trigger, View } from '../../schema/schema.ts'
import type { Rebuild } from './table-work.ts'
import { describe } from '../../operations/operation.ts'
import { createIndex, createTable, createTrigger, createView, names } from './ddl.ts'
import { writeDefault } from './defaults.ts'
import { foldName, quoteName, quoteText, sameName } from './names.ts'
import { reads } from './native.ts'
import { FOREIGN_KEYS_OFF } from './foreign-keys-off.ts'
import { CHECK_FOREIGN_KEYS, CHECK_ROWS } from './run.ts'
import { afterChanges } from './table-work.ts'

/**
 * SQLite's own procedure for changes that ALTER TABLE cannot do (https://www.sqlite.org/lang_altertable.html#otheralter): a new
 * table, the rows copied, the old one dropped, the new one renamed. Views and triggers that name the table go before and come
 * back after, because the rename reads them all.
 */
export function rebuildStep(rebuild: Rebuild): Step {
  const { from, to, state } = rebuild
  const lost = from.columns.filter((column) => !to.columns.some((other) => other.name === column.name)).map((column) => column.name)
  const { views, triggers } = dependents(from.name, state)
  const newName = freeName(from.name, state)
  const triggersAfter = afterChanges('trigger', [...(from.triggers ?? []), ...triggers, ...views.flatMap((view) => view.triggers ?? [])], rebuild.changes)
  const why = rebuild.operations.map((operation) => describe(operation, 'main'))
  return {
    title: `rebuild table ${from.name}`,
    statements: [
      FOREIGN_KEYS_OFF,
      createTable(to, newName),
      copyRows(from, to, newName),
      ...keepSequence(from, to, newName),
      ...triggers.map((trigger) => `DROP TRIGGER ${quoteName(trigger.name)}`),
      ...views.toReversed().map((view) => `DROP VIEW ${quoteName(view.name)}`),
      `DROP TABLE ${quoteName(from.name)}`,
      `ALTER TABLE ${quoteName(newName)} RENAME TO ${quoteName(from.name)}`,
      ...rebuild.indexes.map((index) => createIndex(index, from.name)),
      ...afterChanges('view', views, rebuild.changes).map(createView),
      ...triggersAfter.map(createTrigger),
      checkFor({ ...state, table: state.table.map((table) => (table.name === from.name ? { ...to, indexes: rebuild.indexes } : table)) }),
    ],
    transaction: true,
    class: lost.length > 0 ? 'destructive' : 'blocking',
    locks: [{ relation: { schema: 'main', name: from.name }, mode: 'EXCLUSIVE' }],
    hazards: [
      { code: 'table-rebuild', message: `All rows of ${from.name} are copied while nobody else can write to the database.` },
      ...(lost.length > 0 ? [{ code: 'data-loss', message: `The values of ${lost.join(', ')} go.` }] : []),
    ],
    long: true,
    reason: `ALTER TABLE cannot do this in SQLite: ${why.join('; ')}. The table is created anew and its rows are copied; foreign keys are off meanwhile, `
      + 'the rows of all tables are counted and the references are checked before it is committed.',
  }
}

/** The statement that checks a step at its end. */
export function checkFor(schema: Schema): string {
  const mismatched = schema.table.some((table) => table.constraints.some((constraint) => constraint.type === 'foreignKey' && !isUnique(constraint.references, schema)))
  return mismatched ? CHECK_ROWS : CHECK_FOREIGN_KEYS
}

/** True when the columns that a key points at are unique, or its table is missing: that is no mismatch. */
function isUnique({ table, columns }: { readonly table: string; readonly columns: readonly string[] }, schema: Schema): boolean {
  const parent = schema.table.find((candidate) => sameName(candidate.name, table))
  if (parent === undefined) return true
  const wanted = sorted(columns)
  const keys = parent.constraints.filter((constraint) => constraint.type === 'primaryKey' || constraint.type === 'unique')
  if (columns.length === 0) return keys.some((key) => key.type === 'primaryKey')
  const indexes = parent.indexes.filter((index) => index.unique && index.where === null).map((index) => index.keys.map((key) => key.column ?? ''))
  return [...keys.map((key) => key.columns), ...indexes].some((found) => sorted(found) === wanted)
}

const sorted = (columns: readonly string[]): string => columns.map(foldName).sort().join('\u0000')

/** `CREATE`, `INSERT … SELECT`: never CREATE TABLE AS, which keeps neither types nor constraints. */
function copyRows(from: Table, to: Table, newName: string): string {
  const kept = to.columns.filter((column) => !column.generated && from.columns.some((other) => other.name === column.name))
  const row = rowidName(from, to)
  const columns = [...(row === null ? [] : [row]), ...(kept.length > 0 ? [names(kept.map((column) => column.name))] : [])].join(', ')
  if (columns !== '') return `INSERT INTO ${quoteName(newName)} (${columns}) SELECT ${columns} FROM ${quoteName(from.name)}`
  // No column stays, but the rows do: each gets its defaults, and the database numbers them where it numbers rows.
  const [filled] = to.columns.filter((column) => !column.generated)
  const value = filled?.default == null ? 'NULL' : writeDefault(filled.default)
  return `INSERT INTO ${quoteName(newName)} (${quoteName(filled?.name ?? '')}) SELECT ${value} FROM ${quoteName(from.name)}`
}

/** Row numbers survive, because others may know them: full-text indexes, and applications. */
function rowidName(from: Table, to: Table): string | null {
  if (from.withoutRowid === true || to.withoutRowid === true || [from, to].some(hasRowidColumn)) return null
  const taken = new Set([...from.columns, ...to.columns].map((column: Column) => foldName(column.name)))
  return ['rowid', '_rowid_', 'oid'].find((name) => !taken.has(name)) ?? null
}

/** True when a column is the row number itself. */
function hasRowidColumn(table: Table): boolean {
  const key = table.constraints.find((constraint) => constraint.type === 'primaryKey')
  const column = key?.columns.length === 1 ? table.columns.find((candidate) => candidate.name === key.columns[0]) : undefined
  return column?.type === 'INTEGER'
}

/** AUTOINCREMENT never gives a number twice, also after a rebuild. */
function keepSequence(from: Table, to: Table, newName: string): readonly string[] {
  const counts = (table: Table): boolean => table.columns.some((column) => column.autoIncrement === true)
  if (!counts(from) || !counts(to)) return []
  return [
    `DELETE FROM sqlite_sequence WHERE name = ${quoteText(newName)}`,
    `INSERT INTO sqlite_sequence (name, seq) SELECT ${quoteText(newName)}, seq FROM sqlite_sequence WHERE name = ${quoteText(from.name)}`,
  ]
}

/** Views that read the table, directly or through others, the innermost first, and triggers elsewhere that name any of them. */
function dependents(table: string, state: Schema): { readonly views: readonly View[]; readonly triggers: readonly Trigger[] } {
  const names = [table]
  const views: View[] = []
  for (let found = true; found;) {
    found = false
    for (const view of state.view) {
      if (views.includes(view) || !names.some((name) => reads(view.definition, name))) continue
      views.push(view)
      names.push(view.name)
      found = true
    }
  }
  const others = [...state.table.filter((other) => other.name !== table), ...state.view.filter((view) => !views.includes(view))]
  const triggers = others.flatMap((relation) => relation.triggers ?? []).filter((trigger) => names.some((name) => reads(trigger.definition, name)))
  return { views, triggers }
}

function freeName(table: string, state: Schema): string {
  const taken = new Set([...state.table, ...state.view].map((relation) => foldName(relation.name)))
  const wanted = `trueup_new_${table}`
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}_${number}`
    if (!taken.has(foldName(name))) return name
  }
}
