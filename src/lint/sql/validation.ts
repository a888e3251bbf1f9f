import { any, named, on, type StatementRule } from './rule.ts'

export const VALIDATION: readonly StatementRule[] = [
  {
    code: 'V001', severity: 'error', title: 'A check that is validated under a strong lock',
    why: 'ADD CONSTRAINT … CHECK reads the whole table under ACCESS EXCLUSIVE; NOT VALID takes it for an instant, and VALIDATE reads under a lock that holds up nobody (since 9.4).',
    safe: 'ADD CONSTRAINT … NOT VALID, and VALIDATE CONSTRAINT in the next transaction.',
    check: on('add-constraint', (action) => !action.isNew && (action.type === 'check' || action.type === 'not null') && !action.notValid && action.enforced && `All rows of ${named(action.table)} are checked while nobody reads or writes it.`),
  },
  {
    code: 'V002', severity: 'error', title: 'A foreign key that is validated under a strong lock',
    why: 'It reads both tables under SHARE ROW EXCLUSIVE, which holds up every writer of both; NOT VALID takes it for an instant, and VALIDATE holds up nobody (since 9.4).',
    safe: 'ADD CONSTRAINT … NOT VALID, and VALIDATE CONSTRAINT in the next transaction.',
    check: on('add-constraint', (action) => !action.isNew && action.type === 'foreign key' && !action.notValid && action.enforced && `Writers of ${named(action.table)} and of ${named(action.references?.table ?? action.table)} wait while all rows are checked.`),
  },
  {
    code: 'V003', severity: 'error', title: 'SET NOT NULL without a proof',
    why: 'The server reads the whole table under ACCESS EXCLUSIVE, unless a valid check says that the column is filled (since 12).',
    safe: 'ADD CONSTRAINT … CHECK (c IS NOT NULL) NOT VALID; VALIDATE it in the next transaction; then SET NOT NULL, and drop the check. On 18: ADD CONSTRAINT … NOT NULL c NOT VALID, then VALIDATE.',
    check: on('require', (action) => !action.isNew && !action.proved && `All rows of ${named(action.table)} are read for a NULL in ${action.column} while nobody reads or writes it.`),
  },
  {
    code: 'V004', severity: 'error', title: 'A primary key on a column that admits NULL',
    why: 'The key makes the column NOT NULL, and reads the whole table for that under ACCESS EXCLUSIVE, also with USING INDEX (12 to 18).',
    safe: 'Make the column NOT NULL first, by a validated check.',
    check: on('add-constraint', (action) => !action.isNew && action.type === 'primary key' && action.nullable.length > 0 && `${action.nullable.join(', ')} admits NULL, so all rows of ${named(action.table)} are read under ACCESS EXCLUSIVE.`),
  },
  {
    code: 'V005', severity: 'error', title: 'A unique or primary key that builds its index under a strong lock',
    why: 'ADD UNIQUE and ADD PRIMARY KEY build an index under ACCESS EXCLUSIVE; USING INDEX takes one that is there (since 9.1).',
    safe: 'CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … UNIQUE (or PRIMARY KEY) USING INDEX.',
    check: on('add-constraint', (action) => !action.isNew && (action.type === 'unique' || action.type === 'primary key') && action.usingIndex === null && `The index is built while nobody reads or writes ${named(action.table)}.`),
  },
  {
    code: 'V006', severity: 'error', title: 'An exclusion constraint on a table with rows',
    why: 'Its index is built under ACCESS EXCLUSIVE, and no other way exists (18).',
    safe: 'A new table with the constraint, filled in batches, that takes the old one\'s name; or accept the wait when the table is small.',
    check: on('add-constraint', (action) => !action.isNew && action.type === 'exclude' && `The index is built while nobody reads or writes ${named(action.table)}.`),
  },
  {
    code: 'V007', severity: 'error', title: 'NOT VALID and VALIDATE in one transaction',
    why: 'The strong lock of ADD CONSTRAINT stays until the end of the transaction, so VALIDATE reads the table under it, and NOT VALID has won nothing.',
    safe: 'Two entries: the first adds, the second validates.',
    check: on('validate-constraint', (action) => !action.isNew && action.addedInTransaction && `${action.name} was added in the same transaction, whose strong lock lasts while all rows of ${named(action.table)} are checked.`),
  },
  {
    code: 'V008', severity: 'error', title: 'A new column with a constraint that needs a scan',
    why: 'UNIQUE and PRIMARY KEY build an index and CHECK reads all rows, under ACCESS EXCLUSIVE; REFERENCES with a default reads both tables (12 to 18).',
    safe: 'Add the column alone; then the constraint NOT VALID, or its index concurrently. REFERENCES without a default is free.',
    check: on('add-column', ({ column, isNew, table }) => {
      if (isNew) return null
      const what = column.primary ? 'PRIMARY KEY' : column.unique ? 'UNIQUE' : column.check ? 'CHECK' : column.references !== null && column.default !== 'none' ? 'REFERENCES with a default' : null
      return what !== null && `${what} on ${column.name} makes the server read all rows of ${named(table)} while nobody else does.`
    }),
  },
  {
    code: 'V009', severity: 'info', title: 'A foreign key beside its new column',
    why: 'A new nullable column without a default has nothing to check: with REFERENCES in its definition the foreign key is valid at once, without a scan (12 to 18).',
    safe: '`ADD COLUMN c bigint REFERENCES r (id)` in one go.',
    check: on('add-constraint', (action, { earlier }) => !action.isNew && action.type === 'foreign key' && earlier.some(({ actions }) => actions.some((one) => one.do === 'add-column' && one.table.name === action.table.name && action.columns.join() === one.column.name && one.column.default === 'none')) &&
      `${action.columns.join(', ')} is new here: written with its column the foreign key needs neither a scan nor NOT VALID.`),
  },
  {
    code: 'V010', severity: 'error', title: 'A constraint on a domain in use',
    why: 'Every table with a column of the domain is read under SHARE, which holds up its writers; VALIDATE does the same (12 to 18).',
    safe: 'Checks on the tables, added NOT VALID and validated.',
    check: on('constrain-domain', (action) => !action.notValid && `${action.how} on ${action.name} reads every table that uses it while their writers wait.`),
  },
  {
    code: 'V011', severity: 'error', title: 'ALTER CONSTRAINT … ENFORCED',
    why: 'It validates under ACCESS EXCLUSIVE (18).',
    safe: 'Drop the constraint and add it again NOT VALID, then VALIDATE.',
    check: any(
      on('enforce-constraint', (action) => !action.isNew && `All rows of ${named(action.table)} are checked while nobody reads or writes it.`),
      on('add-column', ({ column, isNew, table }) => !isNew && column.generated === 'virtual' && column.notNull && `NOT NULL on the virtual column ${column.name} reads all rows of ${named(table)} under ACCESS EXCLUSIVE.`),
    ),
  },
]
