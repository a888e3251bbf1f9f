import type { Scope } from '../dialect.ts'
import { literal } from './literal.ts'

/** Stands for all schemas but the server's own. */
export const ALL_SCHEMAS = '*'

/** Whether a schema is managed, as a condition on its name. */
export function isManaged(scope: Pick<Scope, 'schemas'>, name = 'nspname'): string {
  if (scope.schemas.includes(ALL_SCHEMAS)) return `(${name} !~ '^pg_' AND ${name} <> 'information_schema')`
  return `${name} IN (${scope.schemas.map(literal).join(', ')})`
}
