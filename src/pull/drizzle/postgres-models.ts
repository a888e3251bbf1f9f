import type { Schema } from '../../schema/schema.ts'
import type { Writing } from './writing.ts'

/** All that the parts of one file share. */
export interface PostgresModels {
  readonly writing: Writing
  readonly schema: Schema
  readonly defaultSchema: string
  /** Variables of enums by the type as columns name it. */
  readonly enums: ReadonlyMap<string, string>
  /** Variables of schemas. */
  readonly spaces: ReadonlyMap<string, string>
}

/** The builder of a kind of object in the schema that it stands in. */
export function builderIn({ writing, defaultSchema, spaces }: PostgresModels, schema: string, plain: string, method: string): string {
  const space = schema === defaultSchema ? undefined : spaces.get(schema)
  return space === undefined ? writing.use(plain) : `${space}.${method}`
}
