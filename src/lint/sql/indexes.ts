import { any, named, on, type StatementRule } from './rule.ts'

const covers = (columns: readonly string[], wanted: readonly string[]): boolean => wanted.length > 0 && wanted.every((column) => columns.slice(0, wanted.length).includes(column))

export const INDEXES: readonly StatementRule[] = [
  {
    code: 'I001', severity: 'error', title: 'An index that is not built concurrently',
    why: 'CREATE INDEX takes SHARE: nobody writes to the table until it is built.',
    safe: 'CREATE INDEX CONCURRENTLY, outside a transaction; an index in the models needs no entry at all.',
    check: on('create-index', (action) => !action.isNew && !action.concurrently && !action.partitioned && !action.only && `Nobody writes to ${named(action.table)} until the index is built.`),
  },
  {
    code: 'I002', severity: 'warning', title: 'An index that is not dropped concurrently',
    why: 'DROP INDEX takes ACCESS EXCLUSIVE on the table; for an instant, but readers queue behind it while it waits.',
    safe: 'DROP INDEX CONCURRENTLY, outside a transaction.',
    check: on('drop-index', (action) => !action.isNew && !action.concurrently && `Nobody reads or writes the table of ${action.name} while this waits and works.`),
  },
  {
    code: 'I003', severity: 'error', title: 'REINDEX that is not concurrent',
    why: 'It holds up writers of the table, and readers too, as planning a query locks every index.',
    safe: 'REINDEX … CONCURRENTLY (since 12), outside a transaction.',
    check: on('reindex', (action) => !action.isNew && !action.concurrently && `${action.what === 'table' || action.what === 'index' ? named(action.table) : `Every table of ${action.what} ${action.name ?? ''}`.trim()} waits until its indexes are built anew.`),
  },
  {
    code: 'I004', severity: 'warning', title: 'A concurrent build that hides its failure',
    why: 'A build that fails leaves an invalid index, which still costs every write. IF NOT EXISTS then succeeds and leaves it so; without a name each try leaves another one (12 to 18).',
    safe: 'Name the index, leave IF NOT EXISTS out, and give the entry a check that asks for `indisvalid`. trueup finds and rebuilds invalid indexes of the models.',
    check: on('create-index', (action) => action.concurrently && (action.name === null ? 'The index has no name of its own: after a failure nobody can tell whose the invalid one is.' : action.ifNotExists && `IF NOT EXISTS is satisfied by an invalid ${action.name}, too.`)),
  },
  {
    code: 'I006', severity: 'warning', title: 'An index that is dropped before its successor is built',
    why: 'Until the new one is there, every query that the old one served reads the whole table.',
    safe: 'Build the new one under another name, drop the old one, then ALTER INDEX … RENAME TO the old name.',
    check: on('drop-index', (action, { unit, statement }) => {
      const after = unit.statements.slice(unit.statements.indexOf(statement) + 1)
      return after.some((one) => one.actions.some((other) => other.do === 'create-index' && other.name !== null && other.name === action.name.split('.').at(-1))) && `Queries go without index ${action.name} until it is built anew.`
    }),
  },
  {
    code: 'I008', severity: 'warning', title: 'A foreign key whose columns no index begins with',
    why: 'Every DELETE and key change of the other table then reads this whole table, and locks rows while it does.',
    safe: 'CREATE INDEX CONCURRENTLY on the columns of the foreign key before it is added.',
    check: on('foreign-key-without-index', (action, { unit }) => {
      if (action.columns.length === 0) return null
      const indexed = unit.all.some(({ actions }) => actions.some((one) => one.do === 'indexed' && one.table.name === action.table.name && one.table.schema === action.table.schema && covers(one.columns, action.columns)))
      return !indexed && `No index of ${named(action.table)} that is known here begins with ${action.columns.join(', ')}.`
    }),
  },
  {
    code: 'I009', severity: 'info', title: 'An index that costs more than it gives',
    why: 'Every index slows every write. One that another index already begins with serves no query that the other does not.',
    safe: 'Leave it out, or drop the shorter one.',
    check: on('create-index', (action) => {
      if (action.redundant !== null) return `Index ${action.redundant} of ${named(action.table)} begins with the same columns.`
      if (action.method === 'hash') return 'A hash index serves equality only, never order or ranges; btree serves all of them.'
      return !action.unique && action.method === 'btree' && action.columns > 3 && `It has ${action.columns} columns; those behind the third rarely narrow a search.`
    }),
  },
  {
    code: 'I010', severity: 'warning', title: 'ALTER TABLE that renames an index',
    why: 'ALTER TABLE takes ACCESS EXCLUSIVE on the index, ALTER INDEX only SHARE UPDATE EXCLUSIVE (since 12).',
    safe: 'ALTER INDEX … RENAME TO …',
    check: on('rename-index', (action) => action.asTable && `Queries of ${named(action.table)} wait, as ALTER TABLE locks ${action.name} against everybody.`),
  },
  {
    code: 'I012', severity: 'warning', title: 'A concurrent build under a lock time-out',
    why: 'It waits for every older snapshot in the database, and that wait counts: a budget of 500 ms cancels it for a report on another table, and leaves an invalid index (verified).',
    safe: 'SET lock_timeout = 0 for this statement: its own lock holds up nobody.',
    check: any(on('create-index', (action, { statement }) => action.concurrently && statement.timeouts.lock !== null && statement.timeouts.lock > 0 && `It is cancelled after ${statement.timeouts.lock} ms of waiting, and leaves an invalid index.`)),
  },
]

export const PARTITIONS: readonly StatementRule[] = [
  {
    code: 'P001', severity: 'error', title: 'A partition that is created on a live table',
    why: 'CREATE TABLE … PARTITION OF takes ACCESS EXCLUSIVE on the whole partitioned table; ATTACH PARTITION takes SHARE UPDATE EXCLUSIVE (since 12).',
    safe: 'CREATE TABLE … (LIKE parent INCLUDING ALL) with a check of the bounds, then ALTER TABLE parent ATTACH PARTITION.',
    check: on('create-table', ({ partitionOf }) => partitionOf !== null && !partitionOf.isNew && `Nobody reads or writes ${named(partitionOf)}, with all of its partitions, while this waits and works.`),
  },
  {
    code: 'P002', severity: 'error', title: 'A partition that is attached without a proof',
    why: 'The rows of the new partition are read under ACCESS EXCLUSIVE, and those of a default partition too, unless a valid check proves the bounds.',
    safe: 'A check with the bounds on the partition (and one that excludes them on the default partition), validated before.',
    check: on('attach-partition', (action) => !action.partitionIsNew && !action.proved && !action.isDefault && `All rows of ${named(action.partition)} are read while nobody else does: no valid check of its bounds is known here.`),
  },
  {
    code: 'P003', severity: 'error', title: 'A partition that is not detached concurrently',
    why: 'DETACH PARTITION takes ACCESS EXCLUSIVE on the whole partitioned table (since 14 there is another way).',
    safe: 'DETACH PARTITION … CONCURRENTLY, outside a transaction; FINALIZE one that was interrupted.',
    check: on('detach-partition', (action) => !action.isNew && !action.concurrently && !action.finalize && `Nobody reads or writes ${named(action.table)}, with all of its partitions, while this waits and works.`),
  },
  {
    code: 'P005', severity: 'error', title: 'An index on a partitioned table at once',
    why: 'It is built on every partition under SHARE, one after the other, all locks held to the end; CONCURRENTLY is refused there (12 to 18).',
    safe: 'CREATE INDEX ON ONLY parent, CREATE INDEX CONCURRENTLY on each partition, ALTER INDEX … ATTACH PARTITION each.',
    check: on('create-index', (action) => !action.isNew && action.partitioned && !action.only && (action.concurrently ? 'The server refuses CONCURRENTLY on a partitioned table.' : `Nobody writes to any partition of ${named(action.table)} until all are indexed.`)),
  },
  {
    code: 'P006', severity: 'error', title: 'A foreign key NOT VALID on a partitioned table',
    why: 'The server refuses it before 18 (42809).',
    safe: 'Add it NOT VALID to each partition, validate each, then add it to the parent, which takes them over without a scan.',
    check: on('add-constraint', (action, { unit }) => action.type === 'foreign key' && action.notValid && action.partitioned && unit.runner.major < 18 && `PostgreSQL ${unit.runner.major} refuses it on ${named(action.table)}.`),
  },
]
