import { any, named, on, type StatementRule } from './rule.ts'

export const BREAKING: readonly StatementRule[] = [
  {
    code: 'B001', severity: 'error', title: 'A rename',
    why: 'Code of the release before asks for the old name, and fails the moment the rename is done (42P01, 42703).',
    safe: 'Keep the old name in the database and map it in the model; or add the new column and keep both in step until the old release is gone; a table: rename it and make a view of the old name in the same transaction.',
    check: any(
      on('rename', (action, { unit, statement }) => {
        if (action.isNew) return null
        const view = action.what === 'table' && unit.statements.some((one) => one.transaction !== null && one.transaction === statement.transaction && one.actions.some((other) => other.do === 'create-object' && other.what === 'view' && other.name === action.from))
        return !view && `Code that asks for ${action.what} ${action.from}${action.what === 'column' || action.what === 'attribute' ? ` of ${action.table.name}` : ''} fails from then on.`
      }),
      on('move-schema', (action) => !action.isNew && `Code that asks for ${action.table.schema}.${action.table.name} fails from then on.`),
      on('rename-object', (action) => ['enum value', 'schema', 'type', 'domain', 'function', 'sequence', 'procedure', 'routine'].includes(action.what) && `Code that asks for ${action.what} ${action.from} fails from then on.`),
    ),
  },
  {
    code: 'B002', severity: 'error', title: 'A required column without a default',
    why: 'The server refuses it as soon as the table has a row (23502); and code of the release before, which does not know the column, could insert no row.',
    safe: 'Give it a default, or add it nullable, fill it, and require it when every release writes it.',
    check: on('add-column', ({ column, isNew, table }) => !isNew && column.notNull && column.default === 'none' && !column.identity && !column.type.serial && column.generated === null && !column.primary && `${column.name} has no value for the rows of ${named(table)}, nor for INSERTs that do not name it.`),
  },
  {
    code: 'B003', severity: 'info', title: 'A constraint that code of the release before does not know',
    why: 'Its writes are checked from the moment the constraint is there, NOT VALID or not.',
    safe: 'Deploy code that keeps to it first.',
    check: any(
      on('add-constraint', (action, { earlier }) => !action.isNew && !action.replaces && action.usingIndex === null && !earlier.some(({ actions }) => actions.some((one) => one.do === 'drop-constraint' && one.table.name === action.table.name && one.name === action.name)) && `Writes to ${named(action.table)} that break this ${action.type} constraint fail from then on.`),
      on('require', (action) => !action.isNew && !action.addedHere && `Writes of NULL to ${action.column} of ${named(action.table)} fail from then on.`),
      on('create-index', (action) => !action.isNew && action.unique && `Writes of a duplicate to ${named(action.table)} fail from then on.`),
    ),
  },
  {
    code: 'B004', severity: 'warning', title: 'DROP NOT NULL',
    why: 'Code that reads the column was written when it could not be NULL, and may fail on the first one.',
    safe: 'Deploy readers that expect NULL first.',
    check: on('allow-null', (action) => !action.isNew && `Readers of ${action.column} of ${named(action.table)} may meet NULL from then on.`),
  },
  {
    code: 'B005', severity: 'info', title: 'A default that changes',
    why: 'ORMs that send defaults of their own do not see it, and the rows that are there keep their value.',
    safe: 'Deploy the model with it; fill the old rows with a backfill entry where they shall follow.',
    check: on('change-default', (action) => !action.isNew && !action.addedHere && `Rows of ${named(action.table)} that are there, and code that sends its own value for ${action.column}, do not follow.`),
  },
  {
    code: 'B006', severity: 'info', title: 'A change after which prepared statements fail',
    why: 'A prepared statement that returns the column (SELECT * for any column) fails once with 0A000 "cached plan must not change result type", and takes its transaction with it (12 to 18).',
    safe: 'Let code name its columns, and try again after 0A000, outside of the transaction that failed.',
    check: any(
      on('change-type', (action) => !action.isNew && `Prepared statements that return ${action.column} of ${named(action.table)} fail once on every connection.`),
      on('drop-column', (action) => !action.isNew && `Prepared statements with SELECT * from ${named(action.table)} fail once on every connection.`),
    ),
  },
  {
    code: 'B007', severity: 'warning', title: 'A type that drivers read as another one',
    why: 'node-postgres gives bigint and numeric as strings, where integer and real were numbers: arithmetic in the application then joins texts.',
    safe: 'Set a parser for the type in every client first.',
    check: on('change-type', (action) => !action.isNew && ['int8', 'numeric'].includes(action.type.name) && (action.was === null || !['int8', 'numeric'].includes(action.was.name)) && `Clients get ${action.column} of ${named(action.table)} as text from then on.`),
  },
  {
    code: 'B008', severity: 'warning', title: 'A view or function that is dropped or replaced',
    why: 'DROP VIEW takes the grants, comments and options along; CREATE OR REPLACE refuses other columns (42P16) or other argument names (42P13), and code of the release before expects the old ones.',
    safe: 'Make the new one under a new name, let code move over, drop the old one later.',
    check: any(
      on('replace-view', (action) => !action.isNew && (action.how === 'dropped' ? `View ${action.table.name} goes with its grants, comments and options.` : false)),
      on('replace-function', (action) => action.verb === 'dropped' && `Code, triggers and defaults that call ${action.name} fail from then on.`),
    ),
  },
  {
    code: 'B009', severity: 'warning', title: 'A column of type json',
    why: 'json has no equality: SELECT DISTINCT, GROUP BY and UNION over the row fail with 42883.',
    safe: 'jsonb.',
    check: any(
      on('add-column', ({ column }) => column.type.name === 'json' && `DISTINCT, GROUP BY and UNION fail on ${column.name}.`),
      on('create-table', (action) => {
        const found = action.columns.filter((column) => column.type.name === 'json')
        return found.length > 0 && `DISTINCT, GROUP BY and UNION fail on ${found.map((column) => column.name).join(', ')}.`
      }),
      on('change-type', (action) => action.type.name === 'json' && `DISTINCT, GROUP BY and UNION fail on ${action.column}.`),
    ),
  },
  {
    code: 'B011', severity: 'warning', title: 'Rights or row security that change',
    why: 'REVOKE and a policy take effect at once; row security without a policy hides all rows from everybody but the owner.',
    safe: 'Policies first, then ENABLE ROW LEVEL SECURITY in the same transaction; REVOKE when no release uses the right any more.',
    check: any(
      on('revoke', (action) => `Code that uses a right on ${action.what} which goes here fails from then on.`),
      on('row-security', (action) => !action.isNew && (action.what === 'policy' ? `Which rows of ${named(action.table)} code may see or write changes at once.` : `Row security of ${named(action.table)} is ${action.what}: which rows code sees changes at once.`)),
    ),
  },
]
