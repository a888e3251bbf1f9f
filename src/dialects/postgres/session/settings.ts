import { literal, quoteName } from '../literal.ts'

/**
 * The settings that differ from those which the connection began with, and the role, as one JSON text. A dump that is run as
 * an entry, for example, sets `search_path` to nothing for the whole session.
 */
export const changedSettings =
  `SELECT json_build_object('role', current_user, 'settings', (SELECT coalesce(json_object_agg(name, setting ORDER BY name), '{}'::json) ` +
  `FROM pg_catalog.pg_settings WHERE source = 'session'))::text`

/** `0` where a statement may take as long as it needs. */
export const STATEMENT_LIMIT = "SELECT pg_catalog.current_setting('statement_timeout')"

/** Puts off, until the transaction ends, the limits that a role, a database or a connection sets for the application's own queries. */
export const withoutLimits = (version: number): readonly string[] => [
  'SET LOCAL statement_timeout = 0',
  'SET LOCAL idle_in_transaction_session_timeout = 0',
  ...(version >= 170_000 ? ['SET LOCAL transaction_timeout = 0'] : []),
]

interface Settings {
  readonly role: string
  readonly settings: Readonly<Record<string, string>>
}

/** Statements that lead from one answer of `changedSettings` back to another. */
export function restoreSettings(former: string, now: string): readonly string[] {
  // Both are answers of our own question.
  const [before, after] = [former, now].map((text) => JSON.parse(text) as Settings) as [Settings, Settings]
  const reset = Object.keys(after.settings).filter((name) => before.settings[name] === undefined)
  const set = Object.entries(before.settings).filter(([name, value]) => after.settings[name] !== value)
  return [
    ...(before.role === after.role ? [] : [`SET ROLE ${quoteName(before.role)}`]),
    ...reset.map((name) => `RESET ${name.split('.').map(quoteName).join('.')}`),
    ...set.map(([name, value]) => `SELECT pg_catalog.set_config(${literal(name)}, ${literal(value)}, false)`),
  ]
}
