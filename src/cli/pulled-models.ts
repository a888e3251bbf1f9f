import type { Description } from '../tools.ts'
import { DRIZZLE_MARK, postgresModels, sqliteModels } from '../tools.ts'

/** A schema as Drizzle models. */
export function pulledModels({ schema, dialect }: Description, defaultSchema: string): { readonly text: string; readonly omitted: readonly string[]; readonly mark: string } {
  const models = dialect === 'sqlite' ? sqliteModels(schema) : postgresModels(schema, defaultSchema)
  return { ...models, mark: DRIZZLE_MARK }
}
