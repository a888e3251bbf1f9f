import type { Collation, Domain, EnumType, Named, RangeType, Routine, Sequence, Statistics } from '../../../schema/schema.ts'
import { literal } from '../literal.ts'
import { printName } from '../names.ts'
import { aggregateDefinition } from './aggregates.ts'
import type { Context } from './context.ts'
import { needsOf, NONE, qualified, rights } from './context.ts'
import type { CollationRow, RangeRow, TypeRow } from './rows.ts'

/** Enum types, labels in sort order. */
export function assembleEnums(context: Context): readonly EnumType[] {
  return context.catalogue.types
    .filter((row) => row.kind === 'e')
    .map((row) => ({ schema: row.schema, name: row.name, values: row.labels ?? NONE, comment: row.comment, ...rights(row) }))
}

/** Domains with their checks. */
export function assembleDomains(context: Context): readonly Domain[] {
  return context.catalogue.types.flatMap((row) => (row.domain === null ? [] : [domain(context, row, row.domain)]))
}

function domain(context: Context, row: TypeRow, parts: NonNullable<TypeRow['domain']>): Domain {
  const own = needsOf(context, 't', row.oid).needs ?? NONE
  const needs = [...own, ...(parts.checks ?? NONE).flatMap((check) => needsOf(context, 'k', check.oid).needs ?? NONE)]
    .filter((ref) => ref.kind !== 'domain' || ref.name !== row.name || ref.schema !== row.schema)
  return {
    schema: row.schema,
    name: row.name,
    type: parts.base,
    collation: parts.collation,
    notNull: parts.notNull,
    default: parts.default,
    checks: [...(parts.checks ?? NONE)]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, expression, validated, comment }) => ({ name, expression, validated, comment })),
    comment: row.comment,
    ...rights(row),
    ...(needs.length > 0 && { needs }),
  }
}

/** Range types with the options that CREATE TYPE takes. */
export function assembleRanges(context: Context): readonly RangeType[] {
  const rows = new Map(context.catalogue.ranges.map((row) => [row.oid, row]))
  return context.catalogue.types.flatMap((type) => {
    const row = rows.get(type.oid)
    if (type.kind !== 'r' || row === undefined) return []
    return [{ schema: type.schema, name: type.name, options: rangeOptions(row), comment: type.comment, ...rights(type), ...needsOf(context, 't', type.oid) }]
  })
}

function rangeOptions(row: RangeRow): readonly string[] {
  return [
    `subtype = ${row.subtype}`,
    ...(row.opclass === null ? [] : [`subtype_opclass = ${row.opclass}`]),
    ...(row.collation === null ? [] : [`collation = ${row.collation}`]),
    ...(row.canonical === null ? [] : [`canonical = ${row.canonical}`]),
    ...(row.diff === null ? [] : [`subtype_diff = ${row.diff}`]),
    `multirange_type_name = ${printName(row.multiSchema)}.${printName(row.multiName)}`,
  ]
}

/** Sequences but those of identity columns. */
export function assembleSequences(context: Context): readonly Sequence[] {
  return context.catalogue.sequences.filter((row) => row.dependency !== 'i').map((row) => {
    const { schema, name, type, start, increment, min, max, cache, cycle, comment } = row
    return {
      schema, name, type, start, increment, min, max, cache, cycle,
      ownedBy: row.dependency === 'a' && row.r !== null && row.k !== null ? columnOf(context, row.r, row.k) : null,
      unlogged: row.persistence === 'u',
      comment,
      ...rights(row),
    }
  })
}

function columnOf(context: Context, relation: string, number: number): Sequence['ownedBy'] {
  const table = context.relationNames.get(relation)
  const column = context.columnNames.get(relation)?.get(number)
  return table === undefined || column === undefined ? null : { schema: table.schema, table: table.name, column }
}

const ROUTINES = { f: 'function', p: 'procedure', a: 'aggregate', w: 'window' } as const

/** Functions, procedures and aggregates. */
export function assembleRoutines(context: Context): readonly Routine[] {
  const aggregates = new Map(context.catalogue.aggregates.map((row) => [row.oid, row]))
  return context.catalogue.routines.map((row) => {
    const aggregate = aggregates.get(row.oid)
    return {
      schema: row.schema,
      name: row.name,
      routine: ROUTINES[row.kind],
      signature: row.signature,
      definition: aggregate === undefined ? (row.definition ?? '').trimEnd() : aggregateDefinition(row, aggregate),
      ...(row.returns !== null && { returns: row.returns }),
      arguments: row.arguments,
      comment: row.comment,
      ...rights(row),
      ...needsOf(context, 'f', row.oid, 0, context.refs.get(row.oid)),
    }
  })
}

/** Extended statistics. */
export function assembleStatistics(context: Context): readonly Statistics[] {
  return context.catalogue.statistics.map((row) => {
    const table: Named = { schema: row.tableSchema, name: row.table }
    return { schema: row.schema, name: row.name, table, definition: row.definition, target: row.target, comment: row.comment }
  })
}

/** Collations of the user's own. */
export function assembleCollations(context: Context): readonly Collation[] {
  return context.catalogue.collations.map((row) => ({ schema: row.schema, name: row.name, definition: collationDefinition(row), comment: row.comment }))
}

const PROVIDERS = { c: 'libc', i: 'icu', b: 'builtin', d: 'default' } as const

function collationDefinition(row: CollationRow): string {
  const options = [`provider = ${PROVIDERS[row.provider]}`]
  if (!row.deterministic) options.push('deterministic = false')
  if (row.provider === 'c') {
    if (row.collate === row.ctype) options.push(`locale = ${literal(row.collate ?? '')}`)
    else options.push(`lc_collate = ${literal(row.collate ?? '')}`, `lc_ctype = ${literal(row.ctype ?? '')}`)
  } else options.push(`locale = ${literal(row.locale ?? '')}`)
  if (row.rules !== null) options.push(`rules = ${literal(row.rules)}`)
  return `CREATE COLLATION ${qualified(row)} (${options.join(', ')})`
}
