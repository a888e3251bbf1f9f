import type { Column, Schema, Table } from '../../src/schema/schema.ts'
import { makeSchema } from '../../src/schema/schema.ts'

/** How rich the made-up tables are. */
export interface Shape {
  readonly tables: number
  /** Adds a unique constraint, so that a table has four constraints and four indexes. */
  readonly unique?: boolean
}

const nameOf = (number: number): string => `item_${String(number).padStart(5, '0')}`

const column = (name: string, type: string, notNull: boolean, text: string | null = null): Column => ({ name, type, notNull, default: text })

const COLUMNS: readonly Column[] = [
  column('id', 'bigint', true),
  column('parent_id', 'bigint', false),
  column('code', 'character varying(40)', true),
  column('title', 'text', true, `'untitled'::text`),
  column('amount', 'numeric(12,2)', true, '0'),
  column('quantity', 'integer', false),
  column('active', 'boolean', true, 'true'),
  column('payload', 'jsonb', false),
  column('created_at', 'timestamp with time zone', true, 'now()'),
  column('updated_at', 'timestamp with time zone', false),
]

/** Ten columns, a primary key, a foreign key to the table before, a check, two indexes. */
function tableOf(number: number, shape: Shape): Table {
  const name = nameOf(number)
  const key = (text: string) => ({ column: text, expression: null, order: 'asc', nulls: 'last' }) as const
  const index = (columns: readonly string[], label: string) => ({ name: `${name}_${label}`, unique: false, method: 'btree', keys: columns.map(key), where: null })
  return {
    schema: 'public', name, columns: COLUMNS,
    constraints: [
      { type: 'primaryKey', name: `${name}_pkey`, columns: ['id'] },
      { type: 'foreignKey', name: `${name}_parent_fk`, columns: ['parent_id'], references: { schema: 'public', table: nameOf(Math.max(0, number - 1)), columns: ['id'] }, onDelete: 'cascade', onUpdate: 'no action' },
      { type: 'check', name: `${name}_amount_check`, expression: 'amount >= 0::numeric' },
      ...(shape.unique === true ? [{ type: 'unique' as const, name: `${name}_code_key`, columns: ['code'] }] : []),
    ],
    indexes: [index(['created_at'], 'created_idx'), index(['active', 'quantity'], 'active_idx')],
  }
}

/** The tables as models would declare them. */
export const schemaOf = (shape: Shape): Schema =>
  makeSchema({ covers: ['table', 'column', 'constraint', 'index'], table: Array.from({ length: shape.tables }, (_, number) => tableOf(number, shape)) })

/** The same tables as a person would write them, one statement a line. */
export function sqlOf(shape: Shape): readonly string[] {
  const tables: string[] = []
  const later: string[] = []
  for (const table of schemaOf(shape).table) {
    const columns = table.columns.map((one) => `${one.name} ${one.type}${one.notNull ? ' NOT NULL' : ''}${one.default === null ? '' : ` DEFAULT ${one.default}`}`)
    const inline = table.constraints.flatMap((one) => {
      if (one.type === 'primaryKey') return [`CONSTRAINT ${one.name} PRIMARY KEY (${one.columns.join(', ')})`]
      if (one.type === 'unique') return [`CONSTRAINT ${one.name} UNIQUE (${one.columns.join(', ')})`]
      if (one.type === 'check') return [`CONSTRAINT ${one.name} CHECK (${one.expression})`]
      if (one.type === 'foreignKey') later.push(`ALTER TABLE ${table.name} ADD CONSTRAINT ${one.name} FOREIGN KEY (${one.columns.join(', ')}) REFERENCES ${one.references.table} (${one.references.columns.join(', ')}) ON DELETE CASCADE;`)
      return []
    })
    tables.push(`CREATE TABLE ${table.name} (${[...columns, ...inline].join(', ')});`)
    for (const one of table.indexes) later.push(`CREATE INDEX ${one.name} ON ${table.name} (${one.keys.map((part) => part.column).join(', ')});`)
  }
  return [...tables, ...later]
}
