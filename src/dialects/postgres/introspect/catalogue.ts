import type { Scope } from '../../dialect.ts'
import { literal } from '../literal.ts'
import { OBJECT_SECTIONS } from './catalogue-objects.ts'
import { RELATION_SECTIONS } from './catalogue-relations.ts'
import { NEED_SECTIONS } from './catalogue-needs.ts'
import { DATABASE_SECTIONS } from './catalogue-database.ts'

/** What a section's SQL may depend on. */
export interface CatalogueContext {
  /** `150020` for 15.20. */
  readonly version: number
  /** An array expression: the oids of the managed schemas. A sub-select that is evaluated once a section. */
  readonly namespaces: string
  readonly privileges: boolean
}

/** One query over the catalogues; its rows become a JSON array under the section's name. */
export type Section = (context: CatalogueContext) => string

/**
 * The one statement that reads the managed schemas: a row with one JSON text.
 *
 * Names are only printed with their schema when they cannot be found without it, so the statement empties the search path
 * for itself: `CASE` evaluates its condition before the sub-select that it guards, the setting is local to the transaction
 * (with autocommit: to this statement) and the former one is put back at its end. A statement with a volatile function is
 * never run in parallel, so no worker evaluates the sub-selects early.
 */
export function catalogueStatement(version: number, scope: Scope): string {
  const names = scope.schemas.map(literal).join(', ')
  const context: CatalogueContext = {
    version,
    namespaces: `ARRAY(SELECT oid FROM pg_catalog.pg_namespace WHERE nspname IN (${names}))`,
    privileges: scope.privileges === true,
  }
  const sections = { ...RELATION_SECTIONS, ...OBJECT_SECTIONS, ...NEED_SECTIONS, ...DATABASE_SECTIONS }
  const fields = Object.entries(sections).map(
    ([name, section]) => `'${name}', (SELECT coalesce(json_agg(entry), '[]'::json) FROM (${section(context)}) entry)`,
  )
  return `SELECT CASE WHEN set_config('search_path', '', true) IS NOT NULL
THEN (SELECT json_build_object(${fields.join(',\n')})::text) || left(set_config('search_path', former.path, true), 0) END
FROM (SELECT current_setting('search_path') AS path OFFSET 0) former`
}
