import type { TableLock } from '../dialect.ts'
import { quotePath } from './literal.ts'

/** A weak lock may be waited for longer than the server needs to send autovacuum away: no query notices it. Milliseconds beyond `deadlock_timeout`. */
const BEYOND_DEADLOCK_TIMEOUT = 1_500
const STRONG: ReadonlySet<string> = new Set(['SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'])
const WEAK = 'SHARE UPDATE EXCLUSIVE'

/** A lock that holds up readers or writers while it is waited for. */
export const isStrong = ({ mode }: TableLock): boolean => STRONG.has(mode)

/** A lock that a change of a table takes, beyond those of queries. */
export const isTaken = (lock: TableLock): boolean => isStrong(lock) || lock.mode === WEAK

const DEADLOCK_TIMEOUT = `extract(epoch FROM pg_catalog.current_setting('deadlock_timeout')::interval) * 1000`

/**
 * Statements that take the lock which only other schema changes and autovacuum mind, waited for long enough that the server
 * sends autovacuum away. None when no table is changed.
 */
export function weakLocks(locks: readonly TableLock[]): string[] {
  const tables = [...new Set(locks.filter((lock) => isTaken(lock) && lock.lockable !== false).map((lock) => quotePath(lock.relation.schema, lock.relation.name)))]
  if (tables.length === 0) return []
  return [
    `SELECT pg_catalog.set_config('lock_timeout', (${DEADLOCK_TIMEOUT} + ${BEYOND_DEADLOCK_TIMEOUT})::integer::text, true)`,
    ...tables.map((table) => `LOCK TABLE ONLY ${table} IN ${WEAK} MODE`),
  ]
}

/**
 * What each strong request may wait: the time that all of them together have, shared, because the server counts for each lock
 * anew. Always below `deadlock_timeout`, so that in a deadlock it is we who give way, never a query of the application.
 */
export function strongBudget(locks: readonly TableLock[], lockTimeout: number): string {
  const tables = new Set(locks.filter(isStrong).map((lock) => quotePath(lock.relation.schema, lock.relation.name))).size
  const each = Math.max(1, Math.round(lockTimeout / Math.max(1, tables)))
  return `SELECT pg_catalog.set_config('lock_timeout', greatest(1, least(${each}, ${DEADLOCK_TIMEOUT} * 0.9))::integer::text, true)`
}

const UNTIL = 'trueup.until'
/** Milliseconds. */
const NOW = 'extract(epoch FROM pg_catalog.clock_timestamp()) * 1000'
const REMAINING = `SELECT pg_catalog.set_config('lock_timeout', greatest(1, least(pg_catalog.current_setting('${UNTIL}')::pg_catalog.float8 - ${NOW}, ${DEADLOCK_TIMEOUT} * 0.9))::integer::text, true)`

/**
 * The strong locks of several tables, one after the other, within one budget: the server counts for each anew, and a statement
 * that takes them all by itself could be given each only its share. None for a single one, which the statement takes.
 */
export function strongLocks(locks: readonly TableLock[], lockTimeout: number): string[] {
  const strong = locks.filter((lock) => isStrong(lock) && lock.lockable !== false)
  if (new Set(strong.map(({ relation }) => quotePath(relation.schema, relation.name))).size < 2) return [strongBudget(locks, lockTimeout)]
  return [
    `SELECT pg_catalog.set_config('${UNTIL}', (${NOW} + ${Math.round(lockTimeout)})::text, true)`,
    ...strong.flatMap(({ relation, mode }) => [REMAINING, `LOCK TABLE ONLY ${quotePath(relation.schema, relation.name)} IN ${mode} MODE`]),
    REMAINING,
  ]
}
