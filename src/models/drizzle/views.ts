import type { ObjectRef, View } from '../../schema/schema.ts'
import { writeSql } from './chunks.ts'
import type { DrizzleColumn, DrizzleView } from './entity.ts'
import { isKind, member } from './entity.ts'
import { Refusal } from '../problems.ts'
import type { Reading } from './reading.ts'

interface ViewOptions {
  readonly with?: Readonly<Record<string, unknown>>
  readonly using?: string
  readonly tablespace?: string
  readonly withNoData?: boolean
}

/** A view with a query of its own; `undefined` for one that is declared as existing. */
export function viewOf(reading: Reading, entity: object, subject: string): View | undefined {
  const config = member<DrizzleView>(entity, 'drizzle:ViewBaseConfig')
  if (config === undefined || config.isExisting === true || config.query === undefined) return undefined
  const { query, name, schema } = config
  const needs = new Map<string, ObjectRef>()
  const definition = reading.problems.attempt(subject, undefined, '', () => queryText(reading, config, query, needs))
  const materialized = isKind(entity, 'PgMaterializedView')
  const options = member<ViewOptions>(entity, materialized ? 'drizzle:PgMaterializedViewConfig' : 'drizzle:PgViewConfig') ?? {}
  return {
    schema: schema === undefined ? reading.defaultSchema : reading.names.written(schema),
    name: reading.names.written(name),
    materialized,
    definition,
    needs: [...needs.values()],
    ...(options.with !== undefined && { parameters: parametersOf(options.with) }),
    ...(options.using !== undefined && { accessMethod: options.using }),
    ...(options.tablespace !== undefined && { tablespace: options.tablespace }),
    ...(materialized && { withData: options.withNoData !== true }),
  }
}

function queryText(reading: Reading, view: DrizzleView, query: object, needs: Map<string, ObjectRef>): string {
  const text = writeSql(query, {
    notation: reading.notation,
    qualify: true,
    defaultSchema: reading.defaultSchema,
    columnName: reading.names.column,
    bareName: bareNames(reading, view),
    reads: (ref) => void needs.set(`${ref.kind} ${ref.schema} ${ref.name}`, ref),
  }).trim().replace(/;$/, '')
  if (text === '') throw new Refusal('its query is empty')
  return text
}

/**
 * A query over one table was turned into bare names when the view was made, before a casing was known. The columns that it
 * selects tell which of these names are keys.
 */
function bareNames(reading: Reading, view: DrizzleView): (name: string) => string {
  const renamed = new Map<string, string>()
  for (const key of Object.keys(view.selectedFields ?? {})) {
    const column: unknown = safely(() => Reflect.get(view.selectedFields ?? {}, key))
    // The kind names the class.
    if (isKind(column, 'Column')) renamed.set((column as DrizzleColumn).name, reading.names.column(column as DrizzleColumn))
  }
  return (name) => renamed.get(name) ?? name
}

/** Drizzle's proxy throws for fields that are SQL without an alias; these have no name to rename. */
function safely<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function parametersOf(options: Readonly<Record<string, unknown>>): readonly string[] {
  const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${snake(name)}=${String(value)}`)
    .sort()
}
