import type { Column, Constraint, Index, IndexKey, Policy, Table } from '../../schema/schema.ts'
import { displayName } from '../../schema/schema.ts'
import { columnList, foreignKeyOf, tableText, type Model, type References } from './models.ts'
import type { PostgresModels } from './postgres-models.ts'
import { builderIn } from './postgres-models.ts'
import { postgresDefault, postgresType } from './postgres-types.ts'
import type { Serials } from './serials.ts'
import { call, options, string, type Writing } from './writing.ts'

/** A table with its columns, keys, checks, indexes and policies. */
export function postgresTable(models: PostgresModels, model: Model, references: References, serials: Serials): string {
  const { writing } = models
  const { table, keys } = model
  const primary = table.constraints.find((one) => one.type === 'primaryKey')
  const inline = primary?.type === 'primaryKey' && primary.columns.length === 1 && primary.name === `${table.name}_pkey` ? primary.columns[0] : undefined
  const columns = table.columns.map((column) => `${keys.get(column.name)}: ${columnText(models, table, column, column.name === inline, serials)}`)
  const extras = [
    ...table.constraints.filter((one) => one !== primary || inline === undefined).flatMap((one) => constraintText(models, model, one, references) ?? []),
    ...table.indexes.map((index) => indexText(writing, model, index)),
    ...(table.rowSecurity === 'off' ? [] : (table.policies ?? []).map((policy) => policyText(writing, policy))),
  ]
  const secured = (table.rowSecurity === 'enabled' || table.rowSecurity === 'forced') && (table.policies ?? []).length === 0 ? '.enableRLS()' : ''
  return `export const ${model.variable} = ${tableText(builderIn(models, table.schema, 'pgTable', 'table'), table.name, columns, extras)}${secured}`
}

function columnText(models: PostgresModels, table: Table, column: Column, primary: boolean, serials: Serials): string {
  const { writing, enums, defaultSchema } = models
  const serial = serials.builder(table, column)
  const key = primary ? '.primaryKey()' : ''
  if (serial !== null) return `${call(writing.use(serial), string(column.name), serial === 'bigserial' ? `{ mode: 'number' }` : undefined)}${key === '' ? '.notNull()' : key}`
  const start = postgresType(writing, column.type, column.name, enums)
  const notNull = column.notNull && !primary ? '.notNull()' : ''
  return `${start}${key}${notNull}${valueText(writing, column, enums, `${displayName(table, defaultSchema)}.${displayName({ name: column.name })}`)}`
}

function valueText(writing: Writing, column: Column, enums: ReadonlyMap<string, string>, name: string): string {
  if (column.identity != null) {
    const { always, start, increment, min, max, cache, cycle, sequence } = column.identity
    const text = (value: string | undefined): string | undefined => (value === undefined ? undefined : string(value))
    const more = options({
      name: text(sequence), startWith: text(start), increment: text(increment), minValue: text(min), maxValue: text(max), cache: cache === undefined ? undefined : cache, cycle: cycle === true ? 'true' : undefined,
    })
    return call(always ? '.generatedAlwaysAsIdentity' : '.generatedByDefaultAsIdentity', more)
  }
  if (column.generated != null) {
    if (!column.generated.stored) writing.omitted.push(`VIRTUAL of column ${name}: it would be stored`)
    return `.generatedAlwaysAs(${writing.sql(column.generated.expression)})`
  }
  return column.default === null ? '' : postgresDefault(writing, column.type, column.default, enums)
}

function constraintText(models: PostgresModels, model: Model, constraint: Constraint, references: References): string | null {
  const { writing, defaultSchema } = models
  switch (constraint.type) {
    case 'primaryKey':
      return call(writing.use('primaryKey'), options({ name: string(constraint.name), columns: columnList(model, constraint.columns) }))
    case 'unique':
      return `${call(writing.use('unique'), string(constraint.name))}.on(${columnList(model, constraint.columns).slice(1, -1)})${constraint.nullsNotDistinct === true ? '.nullsNotDistinct()' : ''}`
    case 'foreignKey':
      return foreignKeyOf(writing, model, constraint, references)
    case 'check':
      return call(writing.use('check'), string(constraint.name), writing.sql(constraint.expression))
    case 'exclusion':
      writing.omitted.push(`exclusion constraint ${displayName({ name: constraint.name })} of ${displayName(model.table, defaultSchema)}`)
      return null
  }
}

function indexText(writing: Writing, model: Model, index: Index): string {
  const keys = index.keys.map((key) => indexKey(writing, model, key)).join(', ')
  const start = call(writing.use(index.unique ? 'uniqueIndex' : 'index'), string(index.name))
  const parameters = (index.parameters ?? []).map((parameter) => {
    const [name = '', ...value] = parameter.split('=')
    return `${/^[a-z_]+$/.test(name) ? name : string(name)}: ${/^\d+$/.test(value.join('=')) ? value.join('=') : string(value.join('='))}`
  })
  return [
    start,
    index.method === 'btree' ? `.on(${keys})` : `.using(${string(index.method)}, ${keys})`,
    ...(parameters.length === 0 ? [] : [`.with({ ${parameters.join(', ')} })`]),
    ...(index.where === null ? [] : [`.where(${writing.sql(index.where)})`]),
  ].join('')
}

/** A column with its options where Drizzle has words for them, SQL otherwise. */
function indexKey(writing: Writing, model: Model, key: IndexKey): string {
  const usual = key.nulls === (key.order === 'desc' ? 'first' : 'last')
  const words = [key.collation == null ? '' : ` COLLATE ${key.collation}`, key.opclass == null ? '' : ` ${key.opclass}`, key.order === 'desc' ? ' DESC' : '', usual ? '' : ` NULLS ${key.nulls.toUpperCase()}`].join('')
  if (key.column === null) return writing.sql(`${key.expression ?? ''}${words}`)
  const column = `t.${model.keys.get(key.column) ?? key.column}`
  const simple = key.collation == null && (key.opclass == null || /^[a-z0-9_]+$/.test(key.opclass))
  if (!simple) return writing.sql(`\u0000${words}`).replace('\u0000', () => `\${${column}}`)
  const opclass = key.opclass == null ? '' : `.op(${string(key.opclass)})`
  // Drizzle puts nulls last whatever the order, unless told.
  return `${column}${key.order === 'desc' ? '.desc()' : ''}${key.nulls === 'first' ? '.nullsFirst()' : ''}${opclass}`
}

function policyText(writing: Writing, policy: Policy): string {
  const more = options({
    as: policy.permissive ? undefined : `'restrictive'`,
    for: policy.command === 'all' ? undefined : string(policy.command),
    to: policy.roles.length === 1 && policy.roles[0] === 'public' ? undefined : `[${policy.roles.map(string).join(', ')}]`,
    using: policy.using === null ? undefined : writing.sql(policy.using),
    withCheck: policy.check === null ? undefined : writing.sql(policy.check),
  })
  return call(writing.use('pgPolicy'), string(policy.name), more)
}
