import type { sql as Sql } from 'drizzle-orm'
import type * as PgCore from 'drizzle-orm/pg-core'

const PRECISIONS = [0, 1, 2, 3, 4, 5, 6] as const

/**
 * As many tables as told, with all that Drizzle can say: every type with its default, keys of each kind, generated columns, indexes
 * of each kind, schemas, enums, sequences, views and policies. Values in checks and conditions are written as SQL: drizzle-kit writes
 * `$1` for one that is bound, and breaks on big integers, defaults of points, quotes in JSON and `smallserial`.
 */
export function largeModels(pg: typeof PgCore, sql: typeof Sql, count: number): Readonly<Record<string, object>> {
  const state = pg.pgEnum('state', ['new', 'in work', "it's done"])
  const other = pg.pgSchema('other')
  const level = other.enum('level', ['low', 'high'])
  const numbers = pg.pgSequence('numbers', { startWith: 10, increment: 5, minValue: 5, maxValue: 1000, cache: 3, cycle: true })
  const counter = other.sequence('counter')
  const tables: PgCore.PgTableWithColumns<PgCore.TableConfig>[] = []
  const columnOf = (n: number, key: string): PgCore.AnyPgColumn => {
    const table = tables[n % count]
    // The tables are made by the loop below, before any reference is followed.
    return Reflect.get(table ?? {}, key) as PgCore.AnyPgColumn
  }
  const keyOf = (n: number) => [
    () => pg.serial('id').primaryKey(), () => pg.uuid('id').primaryKey().defaultRandom(), () => pg.bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    () => pg.integer('id').primaryKey().generatedByDefaultAsIdentity({ startWith: 100, increment: 2, cache: 5 }), () => pg.varchar('id', { length: 36 }).primaryKey(),
  ][n % 5]?.() ?? pg.serial('id').primaryKey()
  const referringTo = (n: number) => [pg.integer, pg.uuid, pg.bigint, pg.integer, pg.varchar][n % 5]
  const reference = (name: string, n: number) => {
    const type = referringTo(n % count)
    return type === pg.varchar ? pg.varchar(name, { length: 36 }) : type === pg.bigint ? pg.bigint(name, { mode: 'number' }) : type === pg.uuid ? pg.uuid(name) : pg.integer(name)
  }
  for (let n = 0; n < count; n++) {
    // Both make tables alike; only what they say of the schema differs in their types.
    const make = n % 7 === 3 ? (other.table as unknown as PgCore.PgTableFn) : pg.pgTable
    const name = n % 6 === 5 ? `Large table ${n}` : `large_${n}`
    tables.push(make(name, {
      id: keyOf(n),
      parent: reference('parent_id', n).references(() => columnOf(n, 'id'), { onDelete: 'set null' }),
      next: reference('nextId', n + 1).references(() => columnOf(n + 1, 'id'), { onDelete: 'cascade', onUpdate: 'restrict' }),
      label: pg.varchar('label', { length: n + 10 }).notNull().default(`label's ${n}`).unique(),
      small: pg.smallint('small').default(n), big: pg.bigint('big', { mode: 'number' }).default(9007199254740991), real: pg.real('real').default(1.5),
      double: pg.doublePrecision('double').default(-0.25), amount: pg.numeric('amount', { precision: 10, scale: n % 4 }).default('1.5'), exact: pg.numeric('exact'),
      flag: pg.boolean('flag').notNull().default(n % 2 === 0), text: pg.text('text'), chars: pg.char('chars', { length: 4 }).default('abcd'), json: pg.json('json').default([1, 'x']),
      meta: pg.jsonb('meta').notNull().default({ theme: 'dark', size: n }), day: pg.date('day').defaultNow(), time: pg.time('time', { precision: 2 }).default('10:30:00'),
      zoned: pg.time('zoned', { withTimezone: true }), at: pg.timestamp('at', { withTimezone: true, precision: PRECISIONS[n % PRECISIONS.length] ?? 0 }).notNull().defaultNow(), local: pg.timestamp('local', { mode: 'string' }),
      span: pg.interval('span').default('1 day'), part: pg.interval('part', { fields: 'day to second', precision: 3 }), net: pg.inet('net'), block: pg.cidr('block').default('10.0.0.0/8'),
      mac: pg.macaddr('mac'), mac8: pg.macaddr8('mac8'), key: pg.uuid('key').defaultRandom(), point: pg.point('point'), line: pg.line('line'),
      bits: pg.bit('bits', { dimensions: 3 }), state: state('state').notNull().default('new'), level: level('level').default('low'), states: state('states').array().default(['new', 'in work']),
      words: pg.text('words').array().notNull().default(['a', 'b c']), grid: pg.integer('grid').array().array(), moments: pg.timestamp('moments', { withTimezone: true }).array(),
      drawn: pg.integer('drawn').default(sql`nextval('numbers')`), count: pg.integer('count').notNull().default(sql`1 + 1`), made: pg.text('made').generatedAlwaysAs(sql`upper("label")`),
      counted: pg.integer('counted').generatedAlwaysAs(sql`length("label") + 1`), client: pg.text('client').$defaultFn(() => 'made by the application').$onUpdate(() => 'again'),
    }, (t) => [
      pg.index().on(t.flag, t.at), pg.index(`large_${n}_desc`).on(t.at.desc(), t.small.asc().nullsFirst(), t.big.desc().nullsFirst()), pg.uniqueIndex(`large_${n}_unique`).on(t.small, t.big),
      pg.index(`large_${n}_gin`).using('gin', t.meta.op('jsonb_path_ops')).with({ fastupdate: false }), pg.index(`large_${n}_hash`).using('hash', t.text), pg.index(`large_${n}_brin`).using('brin', t.at),
      pg.index(`large_${n}_part`).on(t.label).where(sql`${t.flag} and ${t.small} > 3`), pg.index(`large_${n}_lower`).on(sql`lower(${t.label})`, t.text.op('text_pattern_ops')),
      pg.unique().on(t.small, t.state), pg.unique(`large ${n} known`).on(t.big, t.level).nullsNotDistinct(), pg.check(`checked ${n}`, sql`${t.small} between 0 and 1000`),
      pg.check(`state_${n}`, sql`${t.state} in ('new', 'in work')`),
      ...(n % 8 === 0 ? [pg.pgPolicy(`own ${n}`, { for: 'select', to: 'public', using: sql`${t.flag}` }), pg.pgPolicy(`write ${n}`, { as: 'restrictive', for: 'insert', to: 'current_user', withCheck: sql`${t.small} > 0` })] : []),
    ]) as unknown as PgCore.PgTableWithColumns<PgCore.TableConfig>)
  }
  const [first] = tables
  const links = pg.pgTable('links', { from: pg.integer('from').notNull(), to: pg.integer('to').notNull(), kind: pg.text('kind').notNull() }, (t) => [
    pg.primaryKey({ columns: [t.from, t.to] }), pg.unique('links_all').on(t.kind, t.from, t.to), pg.unique('links_again').on(t.from, t.to), pg.unique('links_all_again').on(t.kind, t.from, t.to),
  ])
  const steps = pg.pgTable('steps', { a: pg.integer('a'), b: pg.integer('b'), n: pg.integer('n') }, (t) => [
    pg.primaryKey({ name: 'steps key', columns: [t.a, t.b, t.n] }), pg.foreignKey({ columns: [t.a, t.b], foreignColumns: [links.from, links.to] }).onDelete('cascade'),
    pg.foreignKey({ name: 'steps_first', columns: [t.n], foreignColumns: [columnOf(0, 'id')] }),
  ]).enableRLS()
  const seen = pg.pgView('seen').with({ securityBarrier: true }).as((qb) => qb.select({ from: links.from, kind: links.kind }).from(links).where(sql`${links.to} > 5`))
  const kept = other.materializedView('kept', { total: pg.integer('total') }).as(sql`select count(*)::int as total from ${first ?? links}`)
  return { state, other, level, numbers, counter, ...Object.fromEntries(tables.map((table, n) => [`table${n}`, table])), links, steps, seen, kept }
}
