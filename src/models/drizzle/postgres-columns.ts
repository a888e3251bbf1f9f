import type { Column, Identity, ObjectRef } from '../../schema/schema.ts'
import type { DrizzleColumn, SequenceOptions } from './entity.ts'
import { dimensionsOf, hasKind, member } from './entity.ts'
import { quoteName } from '../literals.ts'
import type { Place, Reading } from './reading.ts'
import { defaultOf, generatedOf } from './reading.ts'

/** One column of a PostgreSQL table. `primary`: it is part of the table's primary key. */
export function postgresColumn(reading: Reading, place: Place, key: string, column: DrizzleColumn, primary: boolean): Column {
  const type = reading.problems.attempt(place.subject, key, 'text', () => typeOf(reading, column))
  const generated = reading.problems.attempt(place.subject, key, null, () => generatedOf(reading, column))
  const identity = identityOf(reading, column)
  const initial = generated === null ? reading.problems.attempt(place.subject, key, null, () => defaultOf(reading, column)) : null
  const needs = sequencesOf(reading, initial)
  return {
    name: reading.names.column(column),
    type,
    // serial types, identities and primary keys are never null, whether the model says so or not.
    notNull: column.notNull === true || column.primary === true || primary || identity !== null || /^(small|big)?serial$/i.test(type),
    default: initial,
    generated,
    identity,
    ...(needs.length > 0 && { needs }),
  }
}

/** The declared sequences that a default draws from: they must be there before the table. */
function sequencesOf(reading: Reading, text: string | null): readonly ObjectRef[] {
  const drawn = [...(text ?? '').matchAll(/\bnextval\s*\(\s*'((?:[^']|'')*)'/gi)].map((found) => regclassPath(found[1] ?? ''))
  return drawn.flatMap(([name, schema = reading.defaultSchema]) => {
    const declared = [...reading.models.sequences.keys()].some((entity) =>
      member(entity, 'seqName') === name && (member<string>(entity, 'schema') ?? reading.defaultSchema) === schema)
    return declared && name !== undefined ? [{ kind: 'sequence', schema, name: reading.names.written(name) } as const] : []
  })
}

/** `app."Mixed"` as its parts, the last one first; bare names fold as the server folds them. */
function regclassPath(text: string): readonly string[] {
  const parts = [...text.replaceAll("''", "'").matchAll(/"((?:[^"]|"")*)"|([^".]+)/g)]
  return parts.map((part) => part[1]?.replaceAll('""', '"') ?? (part[2] ?? '').trim().toLowerCase()).reverse()
}

function typeOf(reading: Reading, column: DrizzleColumn): string {
  // 0.45 wraps the element's column once for each dimension, 1.0 counts them; PostgreSQL keeps neither number nor sizes.
  if (hasKind(column, 'PgArray') && column.baseColumn !== undefined) return typeOf(reading, column.baseColumn).replace(/(\[\])?$/, '[]')
  return `${scalarType(reading, column)}${dimensionsOf(column) > 0 ? '[]' : ''}`
}

function scalarType(reading: Reading, column: DrizzleColumn): string {
  if (column.enum === undefined) return column.getSQLType().replace(/\b(timestamp|time) \(/, '$1(')
  return `${typeName(column.enum.schema ?? reading.defaultSchema)}.${typeName(column.enum.enumName)}`
}

/** Quoted only where it must be, as the server prints type names. */
const typeName = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name) ? name : quoteName(name))

/** Words that PostgreSQL quotes when it prints them as names: all that are not "unreserved" in its grammar. */
const RESERVED: ReadonlySet<string> = new Set(
  ('all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char character check coalesce ' +
    'collate collation column concurrently constraint create cross current_catalog current_date current_role current_schema current_time ' +
    'current_timestamp current_user dec decimal default deferrable desc distinct do else end except exists extract false fetch float for foreign ' +
    'freeze from full grant greatest group grouping having ilike in initially inner inout int integer intersect interval into is isnull join ' +
    'json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table json_value ' +
    'lateral leading least left like limit localtime localtimestamp merge_action national natural nchar none normalize not notnull null nullif ' +
    'numeric offset on only or order out outer overlaps overlay placing position precision primary real references returning right row select ' +
    'session_user setof similar smallint some substring symmetric system_user table tablesample then time timestamp to trailing treat trim true ' +
    'union unique user using values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest ' +
    'xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable').split(' '),
)

function identityOf(reading: Reading, column: DrizzleColumn): Identity | null {
  const identity = column.generatedIdentity
  if (identity === undefined) return null
  return {
    always: identity.type === 'always',
    ...sequenceFields(identity.sequenceOptions ?? {}),
    ...(identity.sequenceName && { sequence: reading.names.written(identity.sequenceName) }),
  }
}

/** Only what the user said. */
export function sequenceFields(options: SequenceOptions): Omit<Identity, 'always' | 'sequence'> {
  const { startWith, increment, minValue, maxValue, cache, cycle } = options
  return {
    ...(startWith !== undefined && { start: String(startWith) }),
    ...(increment !== undefined && { increment: String(increment) }),
    ...(minValue !== undefined && { min: String(minValue) }),
    ...(maxValue !== undefined && { max: String(maxValue) }),
    ...(cache !== undefined && { cache: String(cache) }),
    ...(cycle !== undefined && { cycle }),
  }
}
