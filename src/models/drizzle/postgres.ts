import type { EnumType, Flavour, Kind, Namespace, Schema, Sequence } from '../../schema/schema.ts'
import { makeSchema } from '../../schema/schema.ts'
import type { SequenceOptions } from './entity.ts'
import { member } from './entity.ts'
import { postgresTable } from './postgres-tables.ts'
import type { Reading } from './reading.ts'
import { viewOf } from './views.ts'

/** The kinds of objects that Drizzle's models can express for PostgreSQL. */
const COVERS: readonly Kind[] = ['namespace', 'enum', 'sequence', 'table', 'column', 'constraint', 'index', 'view', 'policy']

const SILENT: readonly Flavour[] = ['exclusion']

export function postgresSchema(reading: Reading): Schema {
  const { models } = reading
  const linked = [...models.policies.keys()].filter((policy) => policy._linkedTable !== undefined)
  const tables = [...models.tables].map(([table, subject]) =>
    postgresTable(reading, table, subject, linked.filter((policy) => policy._linkedTable === table)))
  for (const policy of linked) {
    if (policy._linkedTable !== undefined && models.tables.has(policy._linkedTable)) continue
    reading.problems.add(models.policies.get(policy) ?? policy.name, undefined, 'it is linked to a table that is not among the models', 'Export that table too.')
  }
  const views = [...models.views].flatMap(([view, subject]) => viewOf(reading, view, subject) ?? [])
  const enums = [...models.enums.keys()].map((type): EnumType => ({
    schema: type.schema ?? reading.defaultSchema, name: reading.names.written(type.enumName), values: [...type.enumValues],
  }))
  const sequences = [...models.sequences.keys()].map((entity) => sequenceOf(reading, entity))
  const schemas = [...tables, ...views, ...enums, ...sequences].map((object) => object.schema)
  return makeSchema({ namespace: namespaces(reading, schemas), enum: enums, sequence: sequences, table: tables, view: views, covers: COVERS, silent: SILENT })
}

/** Schemas that are declared, and those in which something is declared; the default schema is the database's own matter. */
function namespaces(reading: Reading, used: readonly string[]): readonly Namespace[] {
  const existing = new Set<string>()
  const names = new Set(used)
  for (const entity of reading.models.schemas.keys()) {
    const name = String(member(entity, 'schemaName'))
    if (member<boolean>(entity, 'isExisting') === true) existing.add(name)
    else names.add(name)
  }
  return [...names].filter((name) => name !== reading.defaultSchema && !existing.has(name)).map((name) => ({ name }))
}

const LARGEST = '9223372036854775807'
const SMALLEST = '-9223372036854775808'

/** What the user left out is what the server takes. https://www.postgresql.org/docs/current/sql-createsequence.html */
function sequenceOf(reading: Reading, entity: object): Sequence {
  const options = member<SequenceOptions>(entity, 'seqOptions') ?? {}
  const increment = String(options.increment ?? 1)
  const down = increment.startsWith('-')
  const min = String(options.minValue ?? (down ? SMALLEST : 1))
  const max = String(options.maxValue ?? (down ? -1 : LARGEST))
  return {
    schema: member<string>(entity, 'schema') ?? reading.defaultSchema,
    name: reading.names.written(String(member(entity, 'seqName'))),
    type: 'bigint', start: String(options.startWith ?? (down ? max : min)), increment, min, max,
    cache: String(options.cache ?? 1), cycle: options.cycle === true, ownedBy: null,
  }
}
