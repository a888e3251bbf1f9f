import { any, named, on, whole, type StatementRule } from './rule.ts'

const KEEP = 'Stop using it in one release, drop it in a later one; rename it away first, so that it can come back.'

export const DATA_LOSS: readonly StatementRule[] = [
  {
    code: 'D001', severity: 'error', title: 'DROP TABLE',
    why: 'The rows are gone for good, and code of the release before fails with 42P01. A table that a foreign key leads from locks the other table against readers too (12 to 18).',
    safe: KEEP,
    check: on('drop-table', (action) => !action.isNew && `All rows of ${named(action.table)} are gone${action.references.length === 0 ? '' : `, and nobody reads ${action.references.map((one) => one.name).join(', ')} meanwhile`}.`),
  },
  {
    code: 'D002', severity: 'error', title: 'DROP COLUMN',
    why: 'The values are gone for good; indexes and checks that mention the column go silently, and code of the release before fails with 42703.',
    safe: KEEP,
    check: on('drop-column', (action) => !action.isNew && `All values of ${action.column} in ${named(action.table)} are gone.`),
  },
  {
    code: 'D003', severity: 'error', title: 'DROP SCHEMA or DATABASE',
    why: 'Everything in it is gone for good.',
    safe: 'Drop what is in it piece by piece, each when nothing uses it any more.',
    check: on('drop-object', (action) => (action.what === 'schema' || action.what === 'database' || action.what === 'everything owned') && `Everything in ${action.what} ${action.name} is gone.`.replace('  ', ' ')),
  },
  {
    code: 'D004', severity: 'error', title: 'TRUNCATE',
    why: 'All rows are gone, under ACCESS EXCLUSIVE, and even for snapshots that are older; CASCADE empties every table that points here, and those that point at them.',
    safe: 'DELETE in batches (a backfill or a run entry), of one table at a time.',
    check: on('truncate', (action) => !action.isNew && (action.cascade ? `All rows of ${named(action.table)} are gone, and all of every table with a foreign key to it.` : `All rows of ${named(action.table)} are gone.`)),
  },
  {
    code: 'D005', severity: 'error', title: 'CASCADE',
    why: 'It drops whatever depends on the object, unseen: views, foreign keys, defaults, triggers, and columns whose type goes.',
    safe: 'Drop the dependents by name; the error without CASCADE lists them.',
    check: whole(({ statement }) => statement.actions.some((action) => 'cascade' in action && action.cascade && action.do !== 'truncate' && !('isNew' in action && action.isNew)) && 'Whatever depends on it goes too, and nothing says what that is.'),
  },
  {
    code: 'D006', severity: 'error', title: 'A change of type that can lose values',
    why: 'A narrower type refuses rows that do not fit (22001, 22003), or rounds them silently: numeric to fewer digits, timestamp to date.',
    safe: 'Prove with a query that every value fits, and convert in a new column.',
    check: on('change-type', (action) => !action.isNew && action.was !== null && narrows(action.was, action.type) && `Values of ${action.column} that do not fit into ${action.type.name}${action.type.mods.length > 0 ? `(${action.type.mods.join(', ')})` : ''} are refused or rounded.`),
  },
  {
    code: 'D008', severity: 'error', title: 'DROP SEQUENCE or TYPE',
    why: 'A sequence does not come back with its value, and a type with CASCADE takes the columns along that have it.',
    safe: 'Drop it when no column uses it any more, without CASCADE.',
    check: on('drop-object', (action) => (action.what === 'sequence' || (action.what === 'type' && action.cascade) || (action.what === 'domain' && action.cascade) || (action.what === 'extension' && action.cascade)) && `${action.what} ${action.name} is gone${action.cascade ? ', and with it the columns that use it' : ''}.`),
  },
  {
    code: 'D009', severity: 'warning', title: 'A constraint that is dropped',
    why: 'From then on the database takes rows that it refused before, and nothing finds them later. Dropping a foreign key takes ACCESS EXCLUSIVE on both tables (12 to 18).',
    safe: 'Say in the allowance what guards the rule from now on, or add its successor first.',
    check: on('drop-constraint', (action) => !action.isNew && !action.proof && !action.replaced && action.type !== null && `The ${action.type} ${action.name} of ${named(action.table)} guards nothing any more.`),
  },
  {
    code: 'D010', severity: 'error', title: 'A write to every row, or beside a change of the schema',
    why: 'One statement over the whole table holds its row locks to the end, doubles the table and delays replicas; in a transaction with DDL the application waits for all of it.',
    safe: 'A backfill entry: in batches by key, resumable, throttled.',
    check: any(
      on('write', (action) => !action.isNew && !action.where && `${action.verb.toUpperCase()} changes every row of ${named(action.table)} in one transaction.`),
      on('write', (action, { earlier }) => !action.isNew && action.where && action.everyRow && earlier.some((one) => one.locks.some((lock) => !lock.isNew && lock.mode === 'ACCESS EXCLUSIVE')) && `${action.verb.toUpperCase()} of ${named(action.table)} runs while the transaction holds ACCESS EXCLUSIVE.`),
    ),
  },
  {
    code: 'D013', severity: 'error', title: 'SET UNLOGGED on a table with rows',
    why: 'An unlogged table is empty after a crash, and on every standby.',
    safe: 'Keep it logged; make a new unlogged table for what may be lost.',
    check: on('rewrite', (action) => !action.isNew && action.unlogged && `After a crash ${named(action.table)} is empty.`),
  },
]

const INTEGERS = ['int2', 'int4', 'int8']

function narrows(was: { readonly name: string; readonly mods: readonly number[] }, to: { readonly name: string; readonly mods: readonly number[] }): boolean {
  const [from, into] = [INTEGERS.indexOf(was.name), INTEGERS.indexOf(to.name)]
  if (from >= 0 && into >= 0) return into < from
  if ((was.name === 'text' || was.name === 'varchar') && (to.name === 'varchar' || to.name === 'bpchar')) return to.mods.length > 0 && (was.mods.length === 0 || (to.mods[0] ?? 0) < (was.mods[0] ?? 0))
  if (was.name === 'numeric' && to.name === 'numeric') return to.mods.length > 0 && (was.mods.length === 0 || (to.mods[0] ?? 0) - (to.mods[1] ?? 0) < (was.mods[0] ?? 0) - (was.mods[1] ?? 0) || (to.mods[1] ?? 0) < (was.mods[1] ?? 0))
  if (was.name === 'numeric' || was.name === 'float8') return INTEGERS.includes(to.name) || to.name === 'float4'
  if (was.name.startsWith('timestamp')) return to.name === 'date' || (to.name === was.name && to.mods.length > 0 && (to.mods[0] ?? 6) < (was.mods[0] ?? 6))
  return false
}
