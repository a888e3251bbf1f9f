import type { Report, Trueup } from '../../src/api.ts'
import type { Migration, TrueupOptions } from '../../src/index.ts'
import { sql } from '../../src/index.ts'
import type { ModelSource } from '../../src/models/source.ts'
import type { Column, Constraint, EnumType, Index, Table, View } from '../../src/schema/schema.ts'
import { makeSchema } from '../../src/schema/schema.ts'

/** Names that break what is quoted carelessly. */
const ITEMS = 'the "Items" of ünïcode'
const PARENTS = 'Select'
export const ITEMS_SQL = '"the ""Items"" of ünïcode"'

const column = (name: string, type: string, notNull = false, value: string | null = null): Column => ({ name, type, notNull, default: value })
const PRIMARY_KEY: Constraint = { type: 'primaryKey', name: 'items_pkey', columns: ['id'] }

const items: Table = {
  schema: 'public', name: ITEMS, constraints: [PRIMARY_KEY], indexes: [],
  columns: [column('id', 'integer', true), column('Code', 'character varying(40)'), column('n', 'integer'), column('amount', 'integer'), column('ref', 'integer'), column('mood', 'public.mood')],
}
const parents: Table = { schema: 'public', name: PARENTS, columns: [column('id', 'integer', true)], constraints: [{ type: 'primaryKey', name: 'parents_pkey', columns: ['id'] }], indexes: [] }
const audit: Table = { schema: 'public', name: 'audit', columns: [column('what', 'text')], constraints: [], indexes: [] }
const mood: EnumType = { schema: 'public', name: 'mood', values: ['good', 'bad'] }

const SEEN: View = { schema: 'public', name: 'seen', materialized: false, definition: `SELECT "Code" FROM public.${ITEMS_SQL}`, columns: [column('Code', 'character varying(40)')] }

function modelsOf(changed: Partial<Table> = {}, more: readonly Table[] = [], moods: EnumType = mood, views: readonly View[] = []): ModelSource {
  const schema = makeSchema({ covers: ['table', 'column', 'constraint', 'index', 'enum', ...(views.length === 0 ? [] : ['view' as const])], view: views, table: [{ ...items, ...changed }, parents, audit, ...more], enum: [moods] })
  return { title: 'crash models', declare: () => ({ form: 'schema', schema }) }
}

const withColumn = (name: string, change: Partial<Column>): Partial<Table> => ({ columns: items.columns.map((one) => (one.name === name ? { ...one, ...change } : one)) })
const withConstraint = (one: Constraint): Partial<Table> => ({ constraints: [PRIMARY_KEY, one] })
const index = (name: string, columns: readonly string[], unique = false): Index => ({
  name, unique, method: 'btree', keys: columns.map((one) => ({ column: one, expression: null, order: 'asc', nulls: 'last' })), where: null,
})
const NEVER = sql`SELECT 1 WHERE 1 = 0`

/** One way in which trueup changes a database, as models and entries ask for it. */
export interface Recipe {
  /** What an older build left, where that is not the usual. */
  readonly older?: ModelSource
  readonly models: ModelSource
  readonly migrations?: readonly Migration[]
  readonly allow?: NonNullable<TrueupOptions['allow']>
  /** What is there is changed, not only added to: a plan is confirmed. */
  readonly isEqualising?: boolean
  /** A query of one column, where rows are not the same in every run or lie elsewhere: numbers of a sequence have gaps. */
  readonly rows?: string
  /** It takes two starts. */
  readonly isTwofold?: boolean
  /** It builds an index concurrently, which waits for every old snapshot: there it can be met in the middle. */
  readonly isConcurrent?: boolean
}

const PARTS = ['low', 'high'] as const
const parted = (more: Partial<Table>): Table => ({
  schema: 'public', name: 'parted', partitionBy: 'RANGE (id)', columns: [column('id', 'integer', true), column('n', 'integer'), column('ref', 'integer')], constraints: [], indexes: [], ...more,
})
const parts = (more: Partial<Table> = {}): readonly Table[] => PARTS.map((name, at) => ({
  ...parted({}), name: `parted_${name}`, partitionBy: null, partitionOf: { parent: { schema: 'public', name: 'parted' }, bound: `FOR VALUES FROM (${at * 500}) TO (${at * 500 + 500})` }, ...more,
}))
const partedModels = (more: Partial<Table>): ModelSource => modelsOf({}, [parted(more), ...parts({ columns: more.columns ?? parted({}).columns })])
const PARTED_ROWS = "SELECT md5(string_agg(p::text, ',' ORDER BY p.id)) FROM parted p"
const referring: Constraint = { type: 'foreignKey', name: 'parted_ref', columns: ['ref'], references: { schema: 'public', table: PARENTS, columns: ['id'] }, onDelete: 'no action', onUpdate: 'no action' }

export const RECIPES: Readonly<Record<string, Recipe>> = {
  index: { models: modelsOf({ indexes: [index('by "Code"', ['Code']), index('by_n', ['n', 'amount'])] }), isConcurrent: true },
  'unique index': { models: modelsOf({ indexes: [index('only "Code"', ['Code'], true)] }), isConcurrent: true },
  unique: { models: modelsOf(withConstraint({ type: 'unique', name: 'one "Code"', columns: ['Code'] })), isConcurrent: true },
  'foreign key': {
    models: modelsOf(withConstraint({ type: 'foreignKey', name: 'to "Select"', columns: ['ref'], references: { schema: 'public', table: PARENTS, columns: ['id'] }, onDelete: 'cascade', onUpdate: 'no action' })),
  },
  check: { models: modelsOf(withConstraint({ type: 'check', name: 'no "debt"', expression: 'amount >= 0' })) },
  'not null': { models: modelsOf({ columns: items.columns.map((one) => (['n', 'Code'].includes(one.name) ? { ...one, notNull: true } : one)) }), isEqualising: true },
  'primary key': { older: modelsOf({ constraints: [], columns: items.columns.map((one) => ({ ...one, notNull: false })) }), models: modelsOf(), isConcurrent: true },
  'type that rewrites': { models: modelsOf(withColumn('n', { type: 'bigint' })), isEqualising: true },
  'type that does not': { models: modelsOf(withColumn('Code', { type: 'text' })), isEqualising: true },
  'filled column': { models: modelsOf({ columns: [...items.columns, column('told', 'boolean', true, '(random() >= (0)::double precision)')] }) },
  'identity column': {
    models: modelsOf({ columns: [...items.columns, { ...column('number', 'bigint', true), identity: { always: false } }] }), rows: `SELECT count(DISTINCT number) FROM ${ITEMS_SQL}`,
  },
  'partitioned index': { older: partedModels({}), models: partedModels({ indexes: [index('parted_n', ['n'])] }), rows: PARTED_ROWS, isConcurrent: true },
  'partitioned key': { older: partedModels({}), models: partedModels({ constraints: [{ type: 'primaryKey', name: 'parted_pkey', columns: ['id'] }] }), rows: PARTED_ROWS, isConcurrent: true },
  'partitioned foreign key': { older: partedModels({}), models: partedModels({ constraints: [referring] }), rows: PARTED_ROWS },
  'partitioned not null': { older: partedModels({}), models: partedModels({ columns: [column('id', 'integer', true), column('n', 'integer', true), column('ref', 'integer')] }), rows: PARTED_ROWS },
  'partition added': { older: partedModels({}), models: modelsOf({}, [parted({}), ...parts(), { ...(parts()[0] as Table), name: 'parted_more', partitionOf: { parent: { schema: 'public', name: 'parted' }, bound: 'FOR VALUES FROM (1000) TO (1500)' } }]), rows: PARTED_ROWS },
  'view in the way': {
    older: modelsOf({}, [], mood, [SEEN]), models: modelsOf(withColumn('Code', { type: 'text' }), [], mood, [{ ...SEEN, columns: [column('Code', 'text')] }]), isEqualising: true,
    rows: 'SELECT md5(string_agg("Code", \',\' ORDER BY "Code")) FROM seen',
  },
  'enum value': { models: modelsOf({}, [], { ...mood, values: ['good', 'so "so"', 'bad', 'worst'] }) },
  plain: {
    models: modelsOf(
      { columns: [...items.columns.map((one) => (one.name === 'amount' ? { ...one, default: '7' } : one)), column('added', 'integer', true, '5'), column('"quoted"', 'text')] },
      [{ ...parents, name: 'later', constraints: [], indexes: [index('later_id', ['id'])] }],
    ),
  },
  rename: {
    models: modelsOf({ columns: items.columns.map((one) => (one.name === 'amount' ? { ...one, name: 'the "sum"' } : one)) }), allow: 'incompatible',
    migrations: [{ id: 'rename', rename: { table: ITEMS, column: 'amount', to: 'the "sum"' } }],
  },
  'rename online': {
    models: modelsOf({
      columns: items.columns.map((one) => (one.name === 'Code' ? { ...one, name: 'the "Key"', notNull: true, default: "'none'" } : one)),
      constraints: [PRIMARY_KEY, { type: 'unique', name: 'one "Code"', columns: ['the "Key"'] }],
    }),
    older: modelsOf({ columns: items.columns.map((one) => (one.name === 'Code' ? { ...one, notNull: true, default: "'none'" } : one)), constraints: [PRIMARY_KEY, { type: 'unique', name: 'one "Code"', columns: ['Code'] }] }),
    migrations: [{ id: 'key', rename: { table: ITEMS, column: 'Code', to: 'the "Key"' }, online: true }], isConcurrent: true,
  },
  'type online': {
    models: modelsOf(withColumn('id', { type: 'bigint' })), migrations: [{ id: 'wide', retype: { table: ITEMS, column: 'id', type: 'bigint' }, online: true }], isConcurrent: true,
  },
  'contract of a type': {
    models: modelsOf(withColumn('n', { type: 'bigint' })), migrations: [{ id: 'wide', retype: { table: ITEMS, column: 'n', type: 'bigint' }, online: true }, { id: 'only', contract: 'wide', application: 'nobody' }], isTwofold: true,
  },
  'contract of a rename': {
    models: modelsOf({ columns: items.columns.map((one) => (one.name === 'n' ? { ...one, name: 'the "Number"' } : one)), indexes: [index('by_n', ['the "Number"'])] }), older: modelsOf({ indexes: [index('by_n', ['n'])] }),
    migrations: [{ id: 'number', rename: { table: ITEMS, column: 'n', to: 'the "Number"' }, online: true }, { id: 'only', contract: 'number', application: 'nobody' }], isConcurrent: true, isTwofold: true,
  },
  backfill: { models: modelsOf(), migrations: [{ id: 'count', backfill: { table: ITEMS, set: sql`n = n + 1`, where: sql`n >= 0`, batchSize: 97, pace: 'full' } }] },
  entries: {
    models: modelsOf({ columns: [...items.columns, column('told', 'text')] }),
    migrations: [
      { table: ITEMS, column: 'told', type: 'text' },
      { id: 'one', up: ["INSERT INTO audit VALUES ('one')", `UPDATE ${ITEMS_SQL} SET told = 'x' WHERE id < 20`], fresh: 'run' },
      { id: 'two', run: async ({ execute }) => { await execute("INSERT INTO audit VALUES ('two')") }, check: NEVER, fresh: 'run' },
      { id: 'three', transaction: false, up: `ALTER TABLE ${ITEMS_SQL} SET (fillfactor = 90)`, check: `SELECT 1 FROM pg_class WHERE oid = '${ITEMS_SQL}'::regclass AND 'fillfactor=90' = ANY (reloptions)`, fresh: 'run' },
      { id: 'four', up: "INSERT INTO audit VALUES ('four')", fresh: 'run' },
    ],
  },
}

/** A start that plays a recipe. */
export async function startRecipe(app: Trueup, { isEqualising, isTwofold }: Recipe): Promise<Report> {
  if (isTwofold === true) {
    const [first, second] = [await app.applyMigrations(), await app.applyMigrations()]
    return first.outcome === 'applied' ? first : second
  }
  if (isEqualising !== true) return app.applyMigrations()
  const { hash, steps } = await app.plan({ allow: 'destructive' })
  return steps.length === 0 ? app.applyMigrations() : app.applyMigrations({ allow: 'destructive', confirm: hash })
}

/** What an older build had before a recipe, and the rows that came in since. */
export function olderOf(recipe: Recipe, rows: number): { readonly models: ModelSource; readonly statement: string } {
  return {
    models: recipe.older ?? modelsOf(),
    statement: `${recipe.older === undefined || !recipe.rows?.includes('parted') ? '' : 'INSERT INTO parted SELECT k, k, 1 + k % 50 FROM generate_series(0, 999) k; '}INSERT INTO "Select" SELECT generate_series(1, 50); INSERT INTO ${ITEMS_SQL} (id, "Code", n, amount, ref, mood) SELECT k, 'code ' || k, k % 10, k, 1 + k % 50, 'good' FROM generate_series(1, ${rows}) k`,
  }
}
