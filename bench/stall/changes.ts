import type { Migration } from '../../dist/index.js'
import type { ModelSource } from '../../src/models/source.ts'
import type { Column, Constraint, Index, Table } from '../../src/schema/schema.ts'
import { makeSchema } from '../../src/schema/schema.ts'

const column = (name: string, type: string, notNull: boolean, value: string | null = null): Column => ({ name, type, notNull, default: value })
const primaryKey = (table: string): Constraint => ({ type: 'primaryKey', name: `${table}_pkey`, columns: ['id'] })

const PARENTS: Table = { schema: 'public', name: 'parents', columns: [column('id', 'integer', true), column('name', 'text', true)], constraints: [primaryKey('parents')], indexes: [] }
const ELSEWHERE: Table = { schema: 'public', name: 'elsewhere', columns: [column('id', 'integer', true)], constraints: [primaryKey('elsewhere')], indexes: [] }
const ITEMS: Table = {
  schema: 'public', name: 'items', constraints: [primaryKey('items')], indexes: [],
  columns: [
    column('id', 'bigint', true), column('parent_id', 'integer', true), column('n', 'integer', true), column('amount', 'integer', true), column('email', 'text', true),
    column('label', 'text', false), column('legacy', 'text', false), column('note', 'text', false), column('filled', 'integer', false),
  ],
}

const modelsOf = (items: Table): ModelSource => ({
  title: 'bench models', declare: () => ({ form: 'schema', schema: makeSchema({ covers: ['table', 'column', 'constraint', 'index'], table: [PARENTS, ELSEWHERE, items] }) }),
})

const columns = (change: (one: Column) => Column | null): Table => ({ ...ITEMS, columns: ITEMS.columns.flatMap((one) => change(one) ?? []) })
const constraint = (one: Constraint): Table => ({ ...ITEMS, constraints: [...ITEMS.constraints, one] })
const index = (one: Index): Table => ({ ...ITEMS, indexes: [one] })

/** One change, as models and entries say it, and as the statement that comes to mind first. */
export interface Change {
  readonly title: string
  /** Whether it works on every row: then its time is compared with the naive statement's. */
  readonly scans: boolean
  /** Writes every row, and by default rests between its batches: how fast it is without rests is measured by the bench of backfills. */
  readonly paced?: boolean
  readonly models: ModelSource
  readonly migrations: readonly Migration[]
  readonly allow?: 'incompatible' | 'destructive'
  readonly naive: string
  /** A query whose answer is true when it is done. */
  readonly isDone: string
}

const attribute = (name: string, condition: string): string => `SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'items'::regclass AND attname = '${name}' AND NOT attisdropped AND ${condition}) AS done`

/** What the control arm's starters find. */
export const NOTHING: Change = { title: 'nothing', scans: false, migrations: [], models: modelsOf(ITEMS), naive: 'SELECT 1', isDone: 'SELECT true AS done' }

export const CHANGES = {
  'add-column': {
    title: 'add a column with a default', scans: false, migrations: [], models: modelsOf({ ...ITEMS, columns: [...ITEMS.columns, column('flag', 'integer', true, '0')] }),
    naive: 'ALTER TABLE items ADD COLUMN flag integer NOT NULL DEFAULT 0', isDone: attribute('flag', 'attnotnull'),
  },
  'not-null': {
    title: 'NOT NULL on a filled column', scans: true, migrations: [], models: modelsOf(columns((one) => (one.name === 'note' ? { ...one, notNull: true } : one))),
    naive: 'ALTER TABLE items ALTER COLUMN note SET NOT NULL', isDone: attribute('note', 'attnotnull'),
  },
  'foreign-key': {
    title: 'a foreign key', scans: true, migrations: [],
    models: modelsOf(constraint({ type: 'foreignKey', name: 'items_parent_fk', columns: ['parent_id'], references: { schema: 'public', table: 'parents', columns: ['id'] }, onDelete: 'no action', onUpdate: 'no action' })),
    naive: 'ALTER TABLE items ADD CONSTRAINT items_parent_fk FOREIGN KEY (parent_id) REFERENCES parents (id)', isDone: "SELECT EXISTS (SELECT FROM pg_constraint WHERE conname = 'items_parent_fk' AND convalidated) AS done",
  },
  check: {
    title: 'a check', scans: true, migrations: [], models: modelsOf(constraint({ type: 'check', name: 'items_amount_check', expression: 'amount >= 0' })),
    naive: 'ALTER TABLE items ADD CONSTRAINT items_amount_check CHECK (amount >= 0)', isDone: "SELECT EXISTS (SELECT FROM pg_constraint WHERE conname = 'items_amount_check' AND convalidated) AS done",
  },
  'unique-index': {
    title: 'a unique index', scans: true, migrations: [],
    models: modelsOf(index({ name: 'items_email', unique: true, method: 'btree', keys: [{ column: 'email', expression: null, order: 'asc', nulls: 'last' }], where: null })),
    naive: 'CREATE UNIQUE INDEX items_email ON items (email)', isDone: "SELECT EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass('items_email') AND indisvalid) AS done",
  },
  type: {
    title: 'integer to bigint', scans: true, paced: true, migrations: [{ id: 'wide', retype: { table: 'items', column: 'amount', type: 'bigint' }, online: true }], models: modelsOf(columns((one) => (one.name === 'amount' ? { ...one, type: 'bigint' } : one))),
    naive: 'ALTER TABLE items ALTER COLUMN amount TYPE bigint', isDone: attribute('amount', "atttypid = 'bigint'::regtype"),
  },
  rename: {
    title: 'rename a column', scans: false, migrations: [{ id: 'rename', rename: { table: 'items', column: 'label', to: 'title' }, online: true }],
    models: modelsOf(columns((one) => (one.name === 'label' ? { ...one, name: 'title' } : one))),
    naive: 'ALTER TABLE items RENAME COLUMN label TO title', isDone: attribute('title', 'true'),
  },
  drop: {
    title: 'drop a column', scans: false, migrations: [], allow: 'destructive', models: modelsOf(columns((one) => (one.name === 'legacy' ? null : one))),
    naive: 'ALTER TABLE items DROP COLUMN legacy', isDone: attribute('legacy', 'true').replace('SELECT EXISTS', 'SELECT NOT EXISTS'),
  },
  backfill: {
    title: 'fill every row', scans: true, paced: true, models: modelsOf(ITEMS), migrations: [{ id: 'fill', backfill: { table: 'items', set: 'filled = amount', where: 'filled IS NULL' } }],
    naive: 'UPDATE items SET filled = amount WHERE filled IS NULL', isDone: 'SELECT NOT EXISTS (SELECT FROM items WHERE filled IS NULL AND id < 1000000000) AS done',
  },
} satisfies Readonly<Record<string, Change>>

export type ChangeName = keyof typeof CHANGES
