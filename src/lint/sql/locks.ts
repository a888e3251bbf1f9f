import type { LockFact, StatementFacts } from '../../dialects/facts.ts'
import { blocksWrites, strengthOf } from '../../dialects/facts.ts'
import { any, named, on, whole, type Seen, type StatementRule } from './rule.ts'

const ROW_EXCLUSIVE = strengthOf('ROW EXCLUSIVE')
const SHARE_ROW_EXCLUSIVE = strengthOf('SHARE ROW EXCLUSIVE')

/** Locks for which an application's queries wait, on tables that it knows. */
const strong = (statement: StatementFacts): readonly LockFact[] => statement.locks.filter((lock) => !lock.isNew && blocksWrites(lock.mode))
const strongest = (locks: readonly LockFact[]): LockFact | undefined => locks.reduce<LockFact | undefined>((most, lock) => (most === undefined || strengthOf(lock.mode) > strengthOf(most.mode) ? lock : most), undefined)
const keyOf = (lock: LockFact): string => `${lock.relation.schema}.${lock.relation.name}`
const isConcurrent = (statement: StatementFacts): boolean => statement.actions.some((action) => 'concurrently' in action && action.concurrently && action.do !== 'refresh-view')

/** What a statement asks for that others may have to wait for, in words. */
const asks = (lock: LockFact): string => `${lock.mode} on ${lock.index === true ? `index ${lock.relation.name}` : named(lock.relation)}`

/** A statement that changes the schema, whatever it locks. */
const changesSchema = ({ actions, locks }: StatementFacts): boolean =>
  locks.some((lock) => strengthOf(lock.mode) > ROW_EXCLUSIVE) || actions.some((action) => /^(create|add|drop|change|rename|alter|replace|constrain|load|move|revoke|lock)-?/.test(action.do))

const WORK = { scan: 'reads all of', rewrite: 'rewrites', build: 'builds an index over' } as const

/** Longest work of a statement on tables that are there already. */
const longWork = (seen: Seen): string | null => {
  const work = seen.statement.works.find((one) => !one.isNew)
  return work === undefined ? null : `${WORK[work.kind]} ${named(work.relation)}`
}

export const LOCKS: readonly StatementRule[] = [
  {
    code: 'L001', severity: 'error', title: 'A lock without a time-out',
    why: 'A request for a lock that has to wait makes every later query on that table wait behind it, reads included: one idle transaction of 4 s stopped an application for 4 s (measured on 15).',
    safe: "Say `SET LOCAL lock_timeout = '50ms'` in the transaction and try again when it fails, or let trueup run it as an entry, which does both.",
    check: whole(({ statement, unit }) => {
      if (statement.timeouts.lock !== null && statement.timeouts.lock > 0) return null
      if (unit.runner.lockTimeout !== null || isConcurrent(statement) || !changesSchema(statement)) return null
      const lock = strongest(strong(statement))
      return lock !== undefined && `It asks for ${asks(lock)}, and nothing bounds how long it may wait.`
    }),
  },
  {
    code: 'L002', severity: 'warning', title: 'A lock time-out as long as deadlock_timeout',
    why: 'With a budget above deadlock_timeout (1 s) the application, not the migration, is the one that a deadlock ends with 40P01 (verified on 15), and every query waits that long.',
    safe: 'Use tens of milliseconds and several tries; trueup asks for 50 ms a try.',
    check: whole(({ statement, settings }) => {
      const budget = statement.timeouts.lock
      const lock = strongest(strong(statement))
      return budget !== null && budget >= settings.deadlockTimeout && lock !== undefined && `It may wait ${budget} ms for ${asks(lock)}; queries behind it wait as long.`
    }),
  },
  {
    code: 'L003', severity: 'off', title: 'A strong lock without a weak one before it',
    why: 'Autovacuum is sent away only by one who has waited for deadlock_timeout (1 s). A short budget alone never gets past it: 10 tries of 100 to 900 ms all failed (12 to 18).',
    safe: 'First `LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE` with a budget of 1.5 s, for which no query waits, then the change with a budget of tens of milliseconds, in one transaction.',
    check: whole(({ statement, earlier, settings }) => {
      const budget = statement.timeouts.lock
      const lock = strong(statement).find((one) => strengthOf(one.mode) >= SHARE_ROW_EXCLUSIVE)
      if (lock === undefined || budget === null || budget === 0 || budget > settings.deadlockTimeout || statement.actions.some((action) => action.do === 'lock-table')) return null
      const before = earlier.some((one) => one.locks.some((held) => keyOf(held) === keyOf(lock) && strengthOf(held.mode) >= strengthOf('SHARE UPDATE EXCLUSIVE')))
      return !before && `It asks for ${asks(lock)} within ${budget} ms; while autovacuum works there, it fails every time.`
    }),
  },
  {
    code: 'L004', severity: 'warning', title: 'No statement time-out',
    why: 'A statement that takes longer than foreseen holds its locks all that time.',
    safe: "Say `SET LOCAL statement_timeout = '5s'` for changes of the catalogue, and 0 only where a long statement locks out nobody.",
    check: whole(({ statement, unit }) => statement.timeouts.statement === null && unit.runner.lockTimeout === null && !isConcurrent(statement) && changesSchema(statement) &&
      (statement.locks.length === 0 || statement.locks.some((lock) => !lock.isNew)) && 'Nothing bounds how long it may take.'),
  },
  {
    code: 'L005', severity: 'error', title: 'Long work in a transaction that holds a strong lock',
    why: 'A lock is kept until the transaction ends, so everything after it is done while the application waits.',
    safe: 'Split it: the change of the schema in one entry, the work on rows in the next.',
    check: whole((seen) => {
      const held = strongest(seen.earlier.flatMap(strong))
      const work = longWork(seen)
      return held !== undefined && work !== null && `It ${work} while the transaction holds ${asks(held)}.`
    }),
  },
  {
    code: 'L006', severity: 'error', title: 'Two tables locked in one transaction',
    why: 'Whoever locks two tables that the application uses in the other order ends in a deadlock, and the waits add up: a lock time-out counts anew for every table.',
    safe: 'One table an entry. Where both are needed at once, lock them first, in one order that is the same everywhere.',
    check: whole(({ statement, earlier }) => {
      const held = earlier.flatMap((one) => one.locks.filter((lock) => !lock.isNew && lock.index !== true && strengthOf(lock.mode) >= SHARE_ROW_EXCLUSIVE))
      const keys = new Set(held.map(keyOf))
      const next = statement.locks.find((lock) => !lock.isNew && lock.index !== true && strengthOf(lock.mode) >= SHARE_ROW_EXCLUSIVE && !keys.has(keyOf(lock)))
      const first = held[0]
      return first !== undefined && next !== undefined && `It asks for ${asks(next)} while the transaction holds ${asks(first)}.`
    }),
  },
  {
    code: 'L007', severity: 'error', title: 'A strong lock after rows were changed in the same transaction',
    why: 'Two transactions that both hold a weak lock on a table and both want a strong one wait for each other; one is ended with 40P01.',
    safe: 'Change the rows in an entry of their own, before or after.',
    check: whole(({ statement, earlier }) => {
      const lock = strong(statement).find((one) => strengthOf(one.mode) >= SHARE_ROW_EXCLUSIVE)
      const written = earlier.flatMap((one) => one.locks).find((one) => !one.isNew && one.mode === 'ROW EXCLUSIVE')
      return lock !== undefined && written !== undefined && `It asks for ${asks(lock)} after rows of ${named(written.relation)} were changed in the same transaction.`
    }),
  },
  {
    code: 'L008', severity: 'error', title: 'CONCURRENTLY inside a transaction',
    why: 'The server refuses it with 25001: it needs several transactions of its own.',
    safe: 'Put it into a file or an entry of its own with `transaction: false` (a first line `-- trueup: transaction false`).',
    check: whole(({ statement }) => statement.transaction !== null && isConcurrent(statement) && 'It runs inside a transaction, and the server refuses that.'),
  },
  {
    code: 'L009', severity: 'error', title: 'BEGIN and COMMIT that do not match',
    why: 'A BEGIN inside a transaction is a warning only, and the COMMIT that follows ends the outer one: half of the file is committed when the rest fails.',
    safe: 'Leave BEGIN and COMMIT out where the runner has a transaction of its own, as trueup does; elsewhere end each one that you begin.',
    check: on('transaction', (action) => {
      if (action.outside) return `The runner has a transaction of its own, and ${action.verb.toUpperCase()} interferes with it.`
      if (action.unended) return 'The transaction that it begins is never ended, so nothing of it is committed.'
      return action.nested && (action.verb === 'begin' ? 'A transaction is open already.' : `There is no transaction for ${action.verb.toUpperCase()} to end.`)
    }),
  },
  {
    code: 'L010', severity: 'info', title: 'Several ALTER TABLE of one table',
    why: 'Each asks for the lock anew, and each may have to wait; subcommands of one ALTER TABLE share the lock, and one scan where they need one.',
    safe: 'Write changes that need no scan, and several SET NOT NULL, as one ALTER TABLE. Keep VALIDATE CONSTRAINT and the dropping of a proof apart.',
    check: whole(({ statement, unit }) => {
      const table = combinable(statement)
      const at = unit.statements.indexOf(statement)
      const before = unit.statements.slice(0, at).findLast((one) => one.transaction === statement.transaction && combinable(one) === table)
      return table !== null && before !== undefined && `An earlier statement here alters ${table} too; the two can be one.`
    }),
  },
  {
    code: 'L011', severity: 'error', title: 'VALIDATE or a proof merged with other changes',
    why: 'All parts of one ALTER TABLE run under the strongest of their locks, and drops come first: VALIDATE then scans under ACCESS EXCLUSIVE, and SET NOT NULL scans although a check had proved it (12 to 18).',
    safe: 'VALIDATE CONSTRAINT alone in its transaction; SET NOT NULL first, DROP CONSTRAINT in a statement after it.',
    check: any(
      on('validate-constraint', (action) => !action.isNew && action.with > 0 && `VALIDATE CONSTRAINT ${action.name} reads all of ${named(action.table)} under the lock of the other changes.`),
      whole(({ statement }) => {
        const drop = statement.actions.find((action) => action.do === 'drop-constraint')
        const require = statement.actions.find((action) => action.do === 'require')
        return require?.do === 'require' && drop?.do === 'drop-constraint' && !require.isNew && `The constraint ${drop.name} is gone before SET NOT NULL looks for a proof.`
      }),
    ),
  },
  {
    code: 'L012', severity: 'info', title: 'A change that may have nothing to do',
    why: 'IF EXISTS and IF NOT EXISTS lock all the same: ADD COLUMN IF NOT EXISTS takes ACCESS EXCLUSIVE on a table that has the column, CREATE INDEX IF NOT EXISTS takes SHARE (12 to 18).',
    safe: 'Ask first, with a `check` on the entry: then nothing is sent where the effect is there.',
    check: whole(({ statement }) => {
      const action = statement.actions.find((one) => (one.do === 'add-column' && one.ifNotExists && !one.isNew) || (one.do === 'create-index' && one.ifNotExists && !one.isNew && !one.concurrently) || ((one.do === 'drop-column' || one.do === 'drop-constraint') && one.ifExists && !one.isNew))
      const lock = strongest(strong(statement))
      return action !== undefined && lock !== undefined && `It takes ${asks(lock)} even when there is nothing to do.`
    }),
  },
  {
    code: 'L014', severity: 'warning', title: 'SET where SET LOCAL is meant',
    why: 'SET lasts as long as the session: behind a pooler it reaches whoever gets the connection next.',
    safe: 'SET LOCAL, which ends with the transaction.',
    check: on('set', (action, { statement }) => !action.local && statement.transaction !== null && `${action.name} stays set after the transaction.`),
  },
  {
    code: 'L015', severity: 'error', title: 'A blocking advisory lock beside CONCURRENTLY',
    why: 'One who waits in pg_advisory_lock() holds a snapshot, for which CREATE INDEX CONCURRENTLY waits, held by the one who has the lock: a deadlock, or an invalid index (15).',
    safe: 'Poll with pg_try_advisory_lock(); trueup has a lock of its own and needs none.',
    check: on('advisory-lock', (action, { unit }) => unit.statements.some(isConcurrent) && `${action.call}() waits, and something here is done CONCURRENTLY.`),
  },
  {
    code: 'L016', severity: 'info', title: 'A weak lock that can wait for hours',
    why: 'COMMENT, SET (…), SET STATISTICS and ANALYZE take SHARE UPDATE EXCLUSIVE: no query waits for them, but they wait behind autovacuum, VALIDATE and index builds.',
    safe: 'A lock_timeout of 1.5 s or more, so that autovacuum gives way, and an entry of its own.',
    check: on('settings', (action, { statement, earlier }) => !action.isNew && statement.transaction !== null && earlier.some((one) => strong(one).length > 0) && `It waits behind autovacuum on ${named(action.table)} while the transaction holds a strong lock.`),
  },
]

/** The table that a statement alters in a way that another ALTER TABLE of it could do as well. */
function combinable({ actions }: StatementFacts): string | null {
  const first = actions.find((action) => action.do !== 'bare-name' && action.do !== 'foreign-key-without-index')
  const kinds = new Set(['add-column', 'require', 'allow-null', 'change-default', 'drop-column'])
  if (first === undefined || !('table' in first) || first.isNew) return null
  return actions.every((action) => kinds.has(action.do) || action.do === 'bare-name' || action.do === 'foreign-key-without-index') ? named(first.table) : null
}
