import type { ColumnDef, Constraint, Node } from 'libpg-query'
import type { Named } from '../../../schema/schema.ts'
import type { ColumnFact, ConstraintKind, ReferenceFact } from '../../facts.ts'
import type { Collector } from './collector.ts'
import { as, dotted, strings, tagOf, typeOf } from './tree.ts'
import { volatilityOf } from './types.ts'

/** The facts of a column's definition. */
export function columnOf(definition: ColumnDef, table: Named, collect: Collector): ColumnFact {
  const constraints = (definition.constraints ?? []).flatMap((node) => as(node, 'Constraint') ?? [])
  const has = (kind: Constraint['contype']): Constraint | undefined => constraints.find((one) => one.contype === kind)
  const type = typeOf(definition.typeName)
  const foreign = has('CONSTR_FOREIGN')
  const fallback = has('CONSTR_DEFAULT')
  const generated = has('CONSTR_GENERATED')
  const isNull = fallback?.raw_expr !== undefined && as(fallback.raw_expr, 'A_Const')?.isnull === true
  return {
    name: definition.colname ?? '',
    type,
    default: fallback === undefined || isNull ? 'none' : volatilityOf(fallback.raw_expr),
    notNull: has('CONSTR_NOTNULL') !== undefined || has('CONSTR_PRIMARY') !== undefined || has('CONSTR_IDENTITY') !== undefined || type.serial,
    primary: has('CONSTR_PRIMARY') !== undefined,
    unique: has('CONSTR_UNIQUE') !== undefined,
    check: has('CONSTR_CHECK') !== undefined,
    references: foreign === undefined ? null : referenceOf(foreign, table, collect),
    identity: has('CONSTR_IDENTITY') !== undefined,
    generated: generated === undefined ? null : generated.generated_kind === 'v' ? 'virtual' : 'stored',
    constrainedDomain: collect.memory.domains.get(type.name) === true,
  }
}

/** What a foreign key points at. One to the table itself needs no lock on another. */
export function referenceOf(constraint: Constraint, table: Named, collect: Collector): ReferenceFact {
  const target = collect.relation(constraint.pktable)
  const own = target.schema === table.schema && target.name === table.name
  return { table: target, columns: strings(constraint.pk_attrs), isNew: own || collect.memory.isNew(target) }
}

const KINDS: Readonly<Partial<Record<NonNullable<Constraint['contype']>, ConstraintKind>>> = {
  CONSTR_CHECK: 'check', CONSTR_FOREIGN: 'foreign key', CONSTR_UNIQUE: 'unique', CONSTR_PRIMARY: 'primary key', CONSTR_EXCLUSION: 'exclude', CONSTR_NOTNULL: 'not null',
}

/** `null` for what is no constraint of its own, such as DEFAULT or DEFERRABLE. */
export const kindOf = (constraint: Constraint): ConstraintKind | null => (constraint.contype === undefined ? null : (KINDS[constraint.contype] ?? null))

export const constraintColumns = (constraint: Constraint): readonly string[] => strings(constraint.contype === 'CONSTR_FOREIGN' ? constraint.fk_attrs : constraint.keys)

/** The name that the server gives where none is written (`ChooseConstraintName`), as far as the columns tell. */
export function constraintName(constraint: Constraint, table: Named, columns: readonly string[]): string {
  if (constraint.conname !== undefined) return constraint.conname
  if (constraint.indexname !== undefined) return constraint.indexname
  const suffix: Readonly<Record<ConstraintKind, string>> = { check: 'check', 'foreign key': 'fkey', unique: 'key', 'primary key': 'pkey', exclude: 'excl', 'not null': 'not_null' }
  const kind = kindOf(constraint)
  return [table.name, ...(kind === 'primary key' ? [] : columns), kind === null ? '' : suffix[kind]].join('_')
}

/** Columns that an expression proves to be filled: `a IS NOT NULL`, also as a part of AND. */
export function provedBy(expression: Node | undefined): readonly string[] {
  if (expression === undefined) return []
  const test = as(expression, 'NullTest')
  if (test !== undefined) {
    const column = as(test.arg, 'ColumnRef')
    return test.nulltesttype === 'IS_NOT_NULL' && column !== undefined ? strings(column.fields).slice(-1) : []
  }
  const both = as(expression, 'BoolExpr')
  return both?.boolop === 'AND_EXPR' ? (both.args ?? []).flatMap(provedBy) : []
}

/** Columns that an expression mentions. */
export function mentions(expression: Node | undefined): readonly string[] {
  const found: string[] = []
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look)
    else if (typeof value === 'object' && value !== null) for (const [key, inner] of Object.entries(value)) {
      if (key === 'ColumnRef') found.push(dotted(strings((inner as { fields?: Node[] }).fields).slice(-1)))
      else look(inner)
    }
  }
  look(expression)
  return [...new Set(found)]
}

/** Remembers what a column's own definition says. */
export function rememberColumn(definition: ColumnDef, fact: ColumnFact, table: Named, collect: Collector): void {
  const { memory, transaction } = collect
  const known = memory.about(table)
  known.columns.set(fact.name, { type: fact.type, notNull: fact.notNull, unit: memory.unit })
  for (const node of definition.constraints ?? []) {
    const constraint = as(node, 'Constraint')
    const kind = constraint === undefined ? null : kindOf(constraint)
    if (constraint === undefined || kind === null || kind === 'not null' || tagOf(node) !== 'Constraint') continue
    const columns = [fact.name]
    const name = constraintName(constraint, table, columns)
    known.constraints.set(name, { type: kind, columns, valid: true, references: fact.references?.table ?? null, target: fact.references?.columns ?? [], proves: kind === 'check' ? provedBy(constraint.raw_expr) : [], transaction })
    if (kind === 'unique' || kind === 'primary key') collect.index(name, { table, columns, partial: false, unique: true })
  }
}
