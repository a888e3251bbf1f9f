import { quoteText } from './names.ts'

/** One row of sqlite_master. */
export interface CatalogueObject {
  readonly type: 'table' | 'index' | 'view' | 'trigger'
  readonly name: string
  readonly table: string
  readonly sql: string | null
}

/** What the catalogue query gives. */
export interface Catalogue {
  readonly objects: readonly CatalogueObject[]
  /** table, name, type, not null, default, hidden: 0 plain, 1 of a virtual table, 2 generated, 3 generated and stored. */
  readonly columns: readonly (readonly [string, string, string, number, string | null, number])[]
  readonly shadows: readonly string[] | null
}

/**
 * The whole catalogue as one JSON text. What comes out of a subquery is a plain text again to some versions, hence `json(…)`.
 * Virtual tables are left to their text, because a pragma about one whose module is not loaded fails the whole query; so does
 * one about a view that reads a missing table.
 */
export function catalogueQuery(schema = 'main'): string {
  const master = `"${schema}".sqlite_master`
  const virtual = `m.type = 'table' AND upper(substr(ltrim(m.sql), 1, 14)) = 'CREATE VIRTUAL'`
  const own = `substr(m.name, 1, 7) <> 'sqlite_'`
  return `SELECT json_object(
  'objects', json((SELECT json_group_array(json_object('type', m.type, 'name', m.name, 'table', m.tbl_name, 'sql', m.sql)) FROM ${master} AS m WHERE ${own})),
  'columns', json((SELECT json_group_array(json_array(m.name, c.name, c.type, c."notnull", c.dflt_value, c.hidden)) FROM ${master} AS m
    JOIN pragma_table_xinfo(m.name, ${quoteText(schema)}) AS c WHERE m.type = 'table' AND ${own} AND NOT (${virtual}))),
  'shadows', json(CASE WHEN EXISTS (SELECT 1 FROM ${master} AS m WHERE ${virtual})
    THEN (SELECT json_group_array(l.name) FROM pragma_table_list AS l WHERE l.schema = ${quoteText(schema)} AND l.type = 'shadow') END)
) AS catalogue`
}

/** What the digest of a database is made of: every text that makes up its structure, the ledger's own left out. */
export function digestQuery(ledgerTables: readonly string[]): string {
  const own = ledgerTables.map(quoteText).join(', ')
  return `((SELECT json_group_array(json_array(type, name, tbl_name, sql)) FROM (SELECT type, name, tbl_name, sql FROM main.sqlite_master
    WHERE substr(name, 1, 7) <> 'sqlite_' AND tbl_name NOT IN (${own === '' ? "''" : own}) ORDER BY type, name)) || '')`
}
