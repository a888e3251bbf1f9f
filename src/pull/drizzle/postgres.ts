import type { EnumType, Schema, Sequence, View } from '../../schema/schema.ts'
import { displayName, keyOf } from '../../schema/schema.ts'
import { sortByNeeds } from '../../graph.ts'
import { byReferences, keysOf, nameModels, type Models, type References } from './models.ts'
import { postgresTable } from './postgres-table.ts'
import type { PostgresModels } from './postgres-models.ts'
import { builderIn } from './postgres-models.ts'
import { postgresType } from './postgres-types.ts'
import { withVariables } from './relations-in-text.ts'
import { unsaidOfTable, unsaidOfView } from './said.ts'
import { serialsOf } from './serials.ts'
import { call, options, string, Writing } from './writing.ts'

/** A PostgreSQL schema as models of drizzle-orm 0.45. What was read back with `fromDrizzle` is the same but for what is omitted. */
export function postgresModels(schema: Schema, defaultSchema: string): Models {
  const writing = new Writing('drizzle-orm/pg-core')
  const tables = schema.table.filter((table) => table.partitionOf == null && table.foreign == null)
  const spaces = new Map(spacesOf(schema, defaultSchema).map((name) => [name, writing.names.take(name, `${name} schema`)]))
  for (const [name, variable] of spaces) writing.declare(`export const ${variable} = ${call(writing.use('pgSchema'), string(name))}`)
  const enums = new Map<string, string>()
  const shared: PostgresModels = { writing, schema, defaultSchema, enums, spaces }
  for (const type of schema.enum) declareEnum(shared, type, enums)
  const serials = serialsOf(schema)
  for (const sequence of schema.sequence) if (!serials.isSerial(sequence)) declareSequence(shared, sequence)
  const models = nameModels(writing, tables)
  const declared = new Set<string>()
  const references: References = { models, declared, anyColumn: 'AnyPgColumn', defaultSchema }
  for (const table of byReferences(tables)) {
    const model = models.get(keyOf({ schema: table.schema, name: table.name }))
    if (model === undefined) continue
    writing.declare(postgresTable(shared, model, references, serials))
    declared.add(keyOf({ schema: table.schema, name: table.name }))
  }
  const variables = new Map([...models].map(([key, model]) => [key, model.variable]))
  for (const view of byNeeds(schema.view)) declareView(shared, view, variables)
  writing.omitted.push(...otherKinds(schema, defaultSchema), ...tables.flatMap((table) => unsaidOfTable(table, defaultSchema)), ...schema.view.flatMap((view) => unsaidOfView(view, defaultSchema)))
  return { text: writing.text(), omitted: writing.omitted }
}

function spacesOf(schema: Schema, defaultSchema: string): readonly string[] {
  const used = [...schema.table, ...schema.view, ...schema.enum, ...schema.sequence].map((object) => object.schema)
  return [...new Set([...schema.namespace.map((namespace) => namespace.name), ...used])].filter((name) => name !== defaultSchema).sort()
}

function declareEnum(models: PostgresModels, type: EnumType, enums: Map<string, string>): void {
  const { writing, defaultSchema } = models
  if (type.values.length === 0) {
    writing.omitted.push(`enum ${displayName(type, defaultSchema)}, which has no values`)
    return
  }
  const variable = writing.names.take(type.name, `${type.name} enum`, `${type.schema} ${type.name}`)
  enums.set(typeText(type), variable)
  writing.declare(`export const ${variable} = ${builderIn(models, type.schema, 'pgEnum', 'enum')}(${string(type.name)}, [${type.values.map(string).join(', ')}])`)
  if (type.comment != null) writing.omitted.push(`comment on enum ${displayName(type, defaultSchema)}`)
}

/** As the server prints a type of the user's. */
function typeText(type: EnumType): string {
  const part = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`)
  return `${part(type.schema)}.${part(type.name)}`
}

function declareSequence(models: PostgresModels, sequence: Sequence): void {
  const { writing, defaultSchema } = models
  const name = displayName(sequence, defaultSchema)
  if (sequence.type !== 'bigint') writing.omitted.push(`type ${sequence.type} of sequence ${name}`)
  if (sequence.ownedBy !== null) writing.omitted.push(`owner of sequence ${name}: column ${displayName({ name: sequence.ownedBy.table })}.${displayName({ name: sequence.ownedBy.column })}`)
  if (sequence.unlogged === true) writing.omitted.push(`unlogged of sequence ${name}`)
  const variable = writing.names.take(sequence.name, `${sequence.name} sequence`)
  const more = options({
    startWith: string(sequence.start), increment: string(sequence.increment), minValue: string(sequence.min), maxValue: string(sequence.max), cache: string(sequence.cache),
    cycle: sequence.cycle ? 'true' : undefined,
  })
  writing.declare(`export const ${variable} = ${call(builderIn(models, sequence.schema, 'pgSequence', 'sequence'), string(sequence.name), more)}`)
}

const WITH: Readonly<Record<string, string>> = { security_barrier: 'securityBarrier', security_invoker: 'securityInvoker', check_option: 'checkOption' }

function declareView(models: PostgresModels, view: View, variables: Map<string, string>): void {
  const { writing, defaultSchema, enums } = models
  const variable = writing.names.take(view.name, `${view.name} view`, `${view.schema} ${view.name}`)
  const keys = keysOf(view.columns ?? [])
  const columns = (view.columns ?? []).map((column) => `  ${keys.get(column.name)}: ${postgresType(writing, column.type, column.name, enums)},\n`).join('')
  const builder = view.materialized ? builderIn(models, view.schema, 'pgMaterializedView', 'materializedView') : builderIn(models, view.schema, 'pgView', 'view')
  const known = view.materialized ? [] : (view.parameters ?? []).filter((parameter) => WITH[parameter.replace(/=.*$/, '')] !== undefined)
  for (const parameter of view.parameters ?? []) if (!known.includes(parameter)) writing.omitted.push(`option ${parameter} of view ${displayName(view, defaultSchema)}`)
  const given = known.map((parameter) => {
    const [name = '', value = ''] = parameter.split('=')
    return `${WITH[name]}: ${/^(true|false)$/.test(value) ? value : string(value)}`
  })
  const query = view.definition.trim().replace(/;$/, '')
  const text = writing.sql(query, (whole) => withVariables(whole, view.needs ?? [], (ref) => variables.get(keyOf({ schema: ref.schema, name: ref.name }))))
  const noData = view.materialized && view.withData === false ? '.withNoData()' : ''
  writing.declare(`export const ${variable} = ${builder}(${string(view.name)}, {\n${columns}})${given.length === 0 ? '' : `.with({ ${given.join(', ')} })`}${noData}.as(${text})`)
  variables.set(keyOf({ schema: view.schema, name: view.name }), variable)
}

function byNeeds(views: readonly View[]): readonly View[] {
  const key = (view: View): string => keyOf({ schema: view.schema, name: view.name })
  return sortByNeeds(views, key, (view) => (view.needs ?? []).filter((ref) => ref.kind === 'view').map((ref) => keyOf({ schema: ref.schema, name: ref.name }))).order ?? views
}

function otherKinds(schema: Schema, defaultSchema: string): readonly string[] {
  const words = {
    extension: 'extension', collation: 'collation', domain: 'domain', composite: 'composite type', range: 'range type', routine: 'function', wrapper: 'foreign-data wrapper', server: 'foreign server', userMapping: 'user mapping',
    statistics: 'statistics', eventTrigger: 'event trigger', publication: 'publication', subscription: 'subscription', defaultPrivilege: 'default privileges',
  } as const
  const kinds = Object.entries(words).flatMap(([kind, word]) =>
    // The keys were written as kinds just above.
    schema[kind as keyof typeof words].map((object) => `${word} ${displayName(kind === 'extension' ? { name: object.name } : object, defaultSchema)}${'signature' in object ? `(${object.signature})` : ''}`))
  const tables = schema.table.flatMap((table) =>
    table.partitionOf != null ? [`partition ${displayName(table, defaultSchema)}`] : table.foreign != null ? [`foreign table ${displayName(table, defaultSchema)}`] : [])
  return [...kinds, ...tables]
}
