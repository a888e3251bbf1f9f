import type { Dialect, Normalised } from '../dialects/dialect.ts'
import type { Problem } from '../errors.ts'
import { objectName } from '../plan/drift.ts'
import { columnOf, tableOf } from '../plan/target.ts'
import type { CheckedColumn } from '../registry/registry.ts'
import type { Column, Schema, Table } from '../schema/schema.ts'
import { findTable } from '../schema/schema.ts'

/**
 * An entry and a model that declare the same column must agree, in the server's words. Both definitions are put side by
 * side into a made-up table, which is normalised with the rest and taken out again.
 */
export interface Conflicts {
  readonly declared: readonly Table[]
  /** The same tables as if they were there, but empty: so that the server is asked, not guessed. */
  readonly live: readonly Table[]
  readonly names: ReadonlySet<string>
  readonly pairs: readonly Pair[]
  explain(problem: Normalised['problems'][number]): Problem
}

interface Pair {
  readonly table: string
  readonly entry: CheckedColumn
  readonly model: Column | null
}

const ENTRY = 'from_entry'
const MODEL = 'from_model'
const PREFIX = 'trueup_compare_'

export function conflictTables(pending: readonly CheckedColumn[], models: Schema, dialect: Dialect, defaultSchema: string): Conflicts {
  const pairs = pending.map((entry, index): Pair => {
    const model = findTable(models, tableOf(entry, defaultSchema))?.columns.find((column) => column.name === entry.entry.column)
    return { table: `${PREFIX}${index}`, entry, model: model ?? null }
  })
  const schema = defaultSchema
  const bare = (pair: Pair): Table => ({ schema, name: pair.table, columns: [], constraints: [], indexes: [] })
  const declared = pairs.map((pair): Table => {
    const mine: Column = { ...columnOf(pair.entry, dialect), name: ENTRY }
    return { ...bare(pair), columns: pair.model === null ? [mine] : [mine, { ...strip(pair.model), name: MODEL }] }
  })
  const names = new Set(pairs.map((pair) => pair.table))
  return {
    declared: dialect.complete({ ...models, table: declared, sequence: [] }).table,
    live: pairs.map(bare),
    names, pairs,
    explain: (problem) => explain(problem, pairs, defaultSchema),
  }
}

/** A column without what belongs to its own table: a sequence that it owns has no place in the made-up one. */
const strip = (column: Column): Column => {
  const plain: Column = { name: column.name, type: column.type, notNull: column.notNull, default: column.default?.includes('nextval(') === true ? null : column.default }
  return column.collation === undefined ? plain : { ...plain, collation: column.collation }
}

/** Takes the made-up tables out of the answer. */
export function takeOut(schema: Schema, conflicts: Conflicts): { readonly schema: Schema; readonly found: ReadonlyMap<string, Table> } {
  const found = new Map(schema.table.filter((table) => conflicts.names.has(table.name)).map((table) => [table.name, table]))
  return { schema: { ...schema, table: schema.table.filter((table) => !conflicts.names.has(table.name)) }, found }
}

/** Entries that disagree with their models on type, nullability or default, with both sides. */
export function conflictProblems(found: ReadonlyMap<string, Table>, conflicts: Conflicts, dialect: Dialect): readonly Problem[] {
  return conflicts.pairs.flatMap((pair) => {
    const columns = found.get(pair.table)?.columns ?? []
    const mine = columns.find((column) => column.name === ENTRY)
    const theirs = columns.find((column) => column.name === MODEL)
    return mine === undefined || theirs === undefined ? [] : disagreements(pair.entry, mine, theirs, dialect)
  })
}

function disagreements(entry: CheckedColumn, mine: Column, theirs: Column, dialect: Dialect): readonly Problem[] {
  const problems: Problem[] = []
  const say = (field: string, own: string, model: string): void => {
    problems.push({
      subject: `entry ${entry.id}`, field, message: `says ${own}, and the model of ${entry.entry.table} says ${model}.`,
      hint: 'Make them say the same.',
    })
  }
  const sameType = mine.type === theirs.type || dialect.equivalentTypes?.(mine.type, theirs.type) === true
  if (!sameType) say('type', mine.type, theirs.type)
  if (mine.notNull !== theirs.notNull) say('nullable', mine.notNull ? 'NOT NULL' : 'nullable', theirs.notNull ? 'NOT NULL' : 'nullable')
  if (sameType && mine.default !== theirs.default) say('default', mine.default ?? 'no default', theirs.default ?? 'no default')
  return problems
}

function explain(problem: Normalised['problems'][number], pairs: readonly Pair[], defaultSchema: string): Problem {
  const pair = pairs.find((one) => one.table === (problem.ref.table ?? problem.ref.name))
  if (pair === undefined) return { subject: objectName(problem.ref, defaultSchema), message: `the server does not take it: ${problem.message}` }
  if (problem.ref.name === MODEL) return { subject: `column ${pair.entry.entry.table}.${pair.entry.entry.column}`, message: `the server does not take its model: ${problem.message}` }
  const field = /default/i.test(problem.message) ? 'default' : 'type'
  return { subject: `entry ${pair.entry.id}`, field, message: `the server does not take ${JSON.stringify(pair.entry.entry.type)}${field === 'default' ? ' with this default' : ''}: ${problem.message}` }
}

