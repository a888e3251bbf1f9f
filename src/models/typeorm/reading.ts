import type { EnumType, Extension, Named } from '../../schema/schema.ts'
import type { Problems } from '../problems.ts'
import type { DataSourceLike, EntityLike } from './shapes.ts'

/** What every part of one reading is told, and what it finds beside the tables. */
export interface Reading {
  readonly source: DataSourceLike
  readonly dialect: 'postgres' | 'sqlite'
  readonly defaultSchema: string
  readonly problems: Problems
  readonly enums: Map<string, EnumType>
  readonly extensions: Map<string, Extension>
}

/** Where an entity's table is. SQLite has no schemas, whatever the entity says. */
export function placeOf(reading: Reading, entity: EntityLike): Named {
  const schema = reading.dialect === 'sqlite' ? undefined : (entity.schema ?? reading.source.options.schema ?? reading.source.driver.schema)
  return { schema: schema ?? reading.defaultSchema, name: entity.tableName }
}

/** TypeORM hashes the names that nobody wrote: they are used, and not compared. */
export const nameOf = (object: { readonly name: string; readonly givenName?: string }): { readonly name: string; readonly named: boolean } => ({
  name: object.name, named: object.givenName !== undefined && object.givenName === object.name,
})

export function deferrableOf(text: string | undefined): { readonly deferrable?: 'immediate' | 'deferred' } {
  if (text === undefined) return {}
  return { deferrable: /DEFERRED/i.test(text) ? 'deferred' : 'immediate' }
}
