import fc from 'fast-check'
import type { Column, Constraint, EnumType, Index, Schema, Table, View } from '../../src/schema/schema.ts'
import { ALL_KINDS, makeSchema } from '../../src/schema/schema.ts'

/** Names that break careless quoting. */
const NAMES = ['users', 'Order', 'a b', 'q"uote', 'semi;colon', 'dot.ted', 'größe', 'select', "it's", `long${'x'.repeat(55)}`] as const
const COLUMNS = ['id', 'Name', 'a b', 'q"', 'x;y', 'größe', 'order'] as const
const TYPES = ['integer', 'bigint', 'text', 'character varying(20)', 'boolean', 'timestamp with time zone', 'jsonb', 'integer[]'] as const
const DEFAULTS: Readonly<Record<string, readonly (string | null)[]>> = {
  integer: [null, '0', '42'], bigint: [null, "'0'::bigint"], text: [null, "''::text", "'O''Reilly'::text"], 'character varying(20)': [null, "'x'::character varying"],
  boolean: [null, 'false'], 'timestamp with time zone': [null, 'now()'], jsonb: [null, "'{}'::jsonb"], 'integer[]': [null],
}

const columnOf = (name: string): fc.Arbitrary<Column> =>
  fc.constantFrom(...TYPES).chain((type) =>
    fc.record({
      name: fc.constant(name), type: fc.constant(type), notNull: fc.boolean(), default: fc.constantFrom(...(DEFAULTS[type] ?? [null])),
      comment: fc.constantFrom(null, "it's; here"),
    }),
  )

const identifier: Column = { name: 'key', type: 'integer', notNull: true, default: null, comment: null }

const tableOf = (name: string): fc.Arbitrary<Table> =>
  fc.uniqueArray(fc.constantFrom(...COLUMNS), { minLength: 1, maxLength: 5 }).chain((names) =>
    fc.record({
      columns: fc.tuple(...names.map(columnOf)),
      check: fc.boolean(),
      unique: fc.boolean(),
      index: fc.constantFrom<'none' | 'plain' | 'partial'>('none', 'plain', 'partial'),
      rowSecurity: fc.constantFrom<'off' | 'enabled'>('off', 'enabled'),
      comment: fc.constantFrom(null, 'a table'),
    }).map(({ columns, check, unique, index, rowSecurity, comment }) => {
      const short = name.slice(0, 10)
      const constraints: Constraint[] = [
        { type: 'primaryKey', name: `${short}_pk`, columns: ['key'] },
        ...(check ? [{ type: 'check' as const, name: `${short}_ck`, expression: '(key > 0)' }] : []),
        ...(unique ? [{ type: 'unique' as const, name: `${short}_uq`, columns: ['key', names[0] ?? 'key'].slice(0, canSort(columns[0]) ? 2 : 1) }] : []),
      ]
      const indexes: Index[] = index === 'none' ? [] : [{
        name: `${short}_ix`, unique: false, method: 'btree', where: index === 'partial' ? '(key > 10)' : null,
        keys: [{ column: 'key', expression: null, order: 'desc', nulls: 'first' }],
      }]
      return { schema: 'public', name, columns: [identifier, ...columns], constraints, indexes, rowSecurity, comment, triggers: [], rules: [], policies: [] }
    }),
  )

const canSort = (column: Column | undefined): boolean => column !== undefined && column.type !== 'jsonb'

const enumOf = (name: string): fc.Arbitrary<EnumType> =>
  fc.shuffledSubarray(['a', 'B', "it's", 'd e'], { minLength: 1 }).map((values) => ({ schema: 'public', name, values, comment: null }))

/** A chain of foreign keys, with a circle when there are two tables or more. */
function withForeignKeys(tables: readonly Table[], count: number): readonly Table[] {
  return tables.map((table, i) => {
    const target = tables[(i + 1) % tables.length]
    if (i >= count || target === undefined) return table
    const key: Constraint = {
      type: 'foreignKey', name: `${table.name.slice(0, 10)}_fk`, columns: ['key'], references: { schema: 'public', table: target.name, columns: ['key'] },
      onDelete: 'cascade', onUpdate: 'no action',
    }
    return { ...table, constraints: [...table.constraints, key] }
  })
}

function viewOver(table: Table): View {
  const names = table.columns.slice(0, 2).map((column) => `t."${column.name.replaceAll('"', '""')}"`)
  const column = (kind: Column): Column => ({ name: kind.name, type: kind.type, notNull: false, default: null })
  return {
    schema: 'public', name: `view of ${table.name}`.slice(0, 60), materialized: false, columns: table.columns.slice(0, 2).map(column),
    definition: `SELECT ${names.join(', ')} FROM public."${table.name.replaceAll('"', '""')}" t`,
    needs: [
      { kind: 'table', schema: 'public', name: table.name },
      ...table.columns.slice(0, 2).map((item) => ({ kind: 'column' as const, schema: 'public', table: table.name, name: item.name })),
    ],
  }
}

/** Schemas that PostgreSQL takes. */
export const schemas: fc.Arbitrary<Schema> = fc
  .record({
    tables: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 4 }).chain((names) => fc.tuple(...names.map(tableOf))),
    enums: fc.uniqueArray(fc.constantFrom('mood', 'Kind Of'), { maxLength: 2 }).chain((names) => fc.tuple(...names.map(enumOf))),
    keys: fc.nat(4),
    views: fc.nat(2),
  })
  .map(({ tables, enums, keys, views }) =>
    // Records of the generator have no prototype; a copy has.
    structuredClone(
      makeSchema({ table: withForeignKeys(tables, keys), enum: enums, view: tables.slice(0, views).map(viewOver), namespace: [{ name: 'public' }], covers: ALL_KINDS }),
    ),
  )
