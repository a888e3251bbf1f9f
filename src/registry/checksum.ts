import { fingerprintOf } from '../hash.ts'
import type { Sql, SqlWriter } from '../sql.ts'
import { isSql } from '../sql.ts'
import type { Entry } from './entry.ts'

/** SQL as text, with line endings as the database stores them and without blanks at the ends. */
export function sqlText(value: Sql | string, writer: SqlWriter): string {
  const text = isSql(value) ? value.write(writer) : value
  return text.replace(/\r\n?/g, '\n').trim()
}

/** The texts of an `up`, a `down` or a single statement. */
export function statementsOf(value: Sql | string | readonly (Sql | string)[], writer: SqlWriter): readonly string[] {
  const list: readonly (Sql | string)[] = typeof value === 'string' || isSql(value) ? [value] : value
  return list.map((item) => sqlText(item, writer))
}

/**
 * Names what an entry does. Covers what acts: SQL without line-ending differences, declared fields, the `version` of a
 * `run`; never a description, a `check`, or the text of a function (a minifier changes it).
 */
export async function checksumOf(entry: Entry, writer: SqlWriter): Promise<string> {
  return `v1:${(await fingerprintOf({ kind: entry.kind, ...acting(entry, writer) })).slice(0, 32)}`
}

function acting(entry: Entry, writer: SqlWriter): Record<string, unknown> {
  switch (entry.kind) {
    case 'column': {
      const { table, column, type, nullable, schema } = entry.entry
      const fallback = entry.entry.default
      return { table, column, type, nullable: nullable ?? true, schema, default: isSql(fallback) ? { sql: fallback.write(writer) } : fallback }
    }
    case 'rename':
      return { ...entry.entry.rename, ...(entry.entry.online === true && { online: true }) }
    case 'retype': {
      const { table, schema, column, type, using, back } = entry.entry.retype
      const text = (value: Sql | string | undefined): string | null => (value === undefined ? null : sqlText(value, writer))
      return { table, schema, column, type, using: text(using), back: text(back) }
    }
    case 'contract':
      return { contract: entry.entry.contract }
    case 'sql':
      return { up: statementsOf(entry.entry.up, writer), transaction: entry.entry.transaction ?? true }
    case 'backfill': {
      const { table, schema, set, where } = entry.entry.backfill
      return { table, schema, set: sqlText(set, writer), where: where === undefined ? null : sqlText(where, writer) }
    }
    case 'run':
      return { version: entry.entry.version ?? 1 }
  }
}
