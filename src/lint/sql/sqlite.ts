import { any, named, on, type StatementRule } from './rule.ts'

/** What only SQLite does, or does not. */
export const SQLITE: readonly StatementRule[] = [
  {
    code: 'Q001', severity: 'error', title: 'A change that ALTER TABLE of SQLite cannot do',
    why: 'SQLite adds, drops and renames columns and renames tables; everything else is a syntax error.',
    safe: 'Say it in the models: trueup rebuilds the table in the order that SQLite\'s manual gives, with the foreign keys checked.',
    check: on('unsupported-alter', (action) => `SQLite has no ${action.what}.`),
  },
  {
    code: 'Q002', severity: 'error', title: 'PRAGMA foreign_keys inside a transaction',
    why: 'It does nothing there, silently; a table that is dropped while foreign keys are on takes the rows with it that point at it (ON DELETE CASCADE).',
    safe: 'Set it outside a transaction. An entry may hold `PRAGMA foreign_keys=OFF` anywhere: trueup sends it before it begins.',
    check: on('foreign-key-switch', (action) => action.withoutEffect && 'It has no effect inside a transaction.'),
  },
  {
    code: 'Q003', severity: 'error', title: 'A rebuild that renames the old table away first',
    why: 'Renaming a table rewrites the foreign keys, triggers and views that point at it, so that they then point at the old one (since 3.26).',
    safe: 'Create the new table under another name, copy, drop the old one, rename the new one.',
    check: any(on('rename', (action, { unit, statement }) => {
      if (action.what !== 'table' || action.isNew) return null
      const after = unit.statements.slice(unit.statements.indexOf(statement) + 1)
      return after.some((one) => one.actions.some((other) => other.do === 'create-table' && other.table.name === action.from)) && `What points at ${named({ name: action.from })} points at ${action.to} from then on, also after a new ${action.from} is there.`
    })),
  },
  {
    code: 'D011', severity: 'error', title: 'A rebuild in SQLite with foreign keys on',
    why: 'DROP TABLE deletes every row first when foreign keys are on, so that rows of other tables that point at them go too (ON DELETE CASCADE), lose their reference (SET NULL), or refuse it.',
    safe: 'Say the change in the models, and trueup rebuilds the table; or PRAGMA foreign_keys=OFF first, outside of a transaction.',
    check: on('implicit-delete', (action, { unit, statement }) => {
      const after = unit.statements.slice(unit.statements.indexOf(statement) + 1)
      return after.some((one) => one.actions.some((other) => other.do === 'rename' && other.what === 'table' && other.to === action.table.name)) && `Rows that point at ${named(action.table)} are deleted with it, before the new one has its name.`
    }),
  },
]
