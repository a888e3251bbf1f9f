import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { PGlite } from '@electric-sql/pglite'
import * as classic from 'drizzle-orm'
import * as classicPg from 'drizzle-orm/pg-core'
import * as modern from 'drizzle-orm-1'
import * as modernPg from 'drizzle-orm-1/pg-core'
import { fromDrizzle } from '../../../src/models/drizzle/drizzle.ts'
import { postgresIndexElement, sqliteIndexElement } from '../../../src/models/drizzle/index-element.ts'
import type { Schema } from '../../../src/schema/schema.ts'

// 1.0's types differ in detail from 0.45's; the members that the models use are the same.
const VERSIONS = [
  { version: '0.45', pg: classicPg, orm: classic },
  { version: '1.0', pg: modernPg as unknown as typeof classicPg, orm: modern as unknown as typeof classic },
] as const

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

async function read(models: object): Promise<Schema> {
  const declared = await fromDrizzle(models).declare({ dialect: 'postgres', defaultSchema: 'public' })
  return declared.form === 'schema' ? declared.schema : assert.fail(declared.form)
}

function manyTypes({ pg, orm }: (typeof VERSIONS)[number]) {
  const { sql } = orm
  const mood = pg.pgEnum('Mood x', ['a', "b'c"])
  const types = pg.pgTable('types', {
    small: pg.smallint('small').default(1),
    big: pg.bigint('big', { mode: 'bigint' }).default(9007199254740992n),
    real: pg.real('real').default(1.5),
    nan: pg.doublePrecision('nan').default(Number.NaN),
    numeric: pg.numeric('numeric', { precision: 5, scale: 2, mode: 'number' }).default(3.25),
    varchar: pg.varchar('varchar', { length: 5 }).default("it's"),
    dateOf: pg.date('date_of', { mode: 'date' }).default(new Date(0)),
    time: pg.time('time', { precision: 3, withTimezone: true }).default('10:00+00'),
    interval: pg.interval('interval', { fields: 'day to second', precision: 3 }).default('1 day'),
    point: pg.point('point').default([1, 2]),
    xy: pg.point('xy', { mode: 'xy' }).default({ x: 1, y: 2 }),
    line: pg.line('line').default([1, 2, 3]),
    inet: pg.inet('inet').default('10.0.0.1'),
    json: pg.json('json').default([1, 'x']),
    jsonText: pg.jsonb('json_text').default("a 'text'"),
    mood: mood('mood').default("b'c"),
    moods: mood('moods').array().default(['a', "b'c"]),
    text: pg.timestamp('text', { precision: 6, mode: 'string' }).default('2020-01-01 00:00:00'),
    stamps: pg.timestamp('stamps', { withTimezone: true }).array().default([new Date(0)]),
    flags: pg.boolean('flags').array().default([true, false]),
    none: pg.text('none').array().default([]),
    odd: pg.text('odd').array().default(['a b', 'q"', '\\', 'NULL', '', '{}', ',']),
    jsons: pg.jsonb('jsons').array().default([{ a: '"q\\' }]),
    expression: pg.integer('expression').default(sql`1-${-2}`),
    serial: pg.smallserial('serial'),
    bits: pg.bit('bits', { dimensions: 3 }).default('101'),
  })
  // Subqueries, common table expressions, aliases and lists of values.
  const other = pg.alias(types, 'other "one"')
  const query = pg.pgView('query').with({ securityBarrier: true }).as((qb) => {
    const counted = qb.select({ small: types.small, rows: sql<number>`count(*)`.as('rows') }).from(types).groupBy(types.small).as('counted')
    const named = qb.$with('named').as(qb.select({ small: types.small }).from(types).where(orm.eq(types.varchar, "it's")))
    return qb.with(named).select({ small: counted.small, rows: counted.rows, again: sql`${named.small}`.as('again') }).from(counted)
      .leftJoin(other, orm.eq(other.small, counted.small)).leftJoin(named, orm.eq(named.small, counted.small))
      .where(orm.and(orm.inArray(counted.small, [1, -2]), orm.between(counted.small, 0, 9))).orderBy(orm.desc(counted.rows)).limit(5)
  })
  return { mood, types, query }
}

for (const version of VERSIONS) {
  describe(`what drizzle-orm ${version.version} says is what PostgreSQL understands`, () => {
    let db: PGlite
    before(async () => void (db = await PGlite.create()))
    after(() => db.close())

    test('every type with its default, and a view', async () => {
      const schema = await read(manyTypes(version))
      const [table] = schema.table
      const [view] = schema.view
      assert.ok(table && view)
      await db.exec(`CREATE TYPE "Mood x" AS ENUM ('a', 'b''c')`)
      const columns = table.columns.map((column) => `${quote(column.name)} ${column.type}${column.default === null ? '' : ` DEFAULT ${column.default}`}`)
      await db.exec(`CREATE TABLE types (${columns.join(', ')}); INSERT INTO types DEFAULT VALUES; SET timezone = 'UTC'`)
      await db.exec(`CREATE VIEW query AS ${view.definition}`)
      const { rows } = await db.query('SELECT row_to_json(t) AS row, (SELECT row_to_json(q) FROM query q) AS query FROM types t')
      assert.deepEqual(rows[0], {
        row: {
          small: 1, big: 9007199254740992, real: 1.5, nan: 'NaN', numeric: 3.25, varchar: "it's", date_of: '1970-01-01', time: '10:00:00+00', interval: '1 day',
          point: '(1,2)', xy: '(1,2)', line: '{1,2,3}', inet: '10.0.0.1', json: [1, 'x'], json_text: "a 'text'", mood: "b'c", moods: ['a', "b'c"],
          text: '2020-01-01T00:00:00', stamps: ['1970-01-01T00:00:00+00:00'], flags: [true, false], none: [],
          odd: ['a b', 'q"', '\\', 'NULL', '', '{}', ','], jsons: [{ a: '"q\\' }], expression: 3, serial: 1, bits: '101',
        },
        query: { small: 1, rows: 1, again: 1 },
      })
    })
  })
}

test('elements of an index that are written as SQL are taken apart by the grammar', () => {
  const plain = { order: 'asc', nulls: 'last' } as const
  const cases: Readonly<Record<string, object>> = {
    '"a"': { column: 'a', expression: null, ...plain },
    'Created_At': { column: 'created_at', expression: null, ...plain },
    '"a""b" DESC': { column: 'a"b', expression: null, order: 'desc', nulls: 'first' },
    '"a" asc nulls first': { column: 'a', expression: null, order: 'asc', nulls: 'first' },
    '"a" gin_trgm_ops': { column: 'a', expression: null, ...plain, opclass: 'gin_trgm_ops' },
    '"a" public.my_ops(siglen=32)': { column: 'a', expression: null, ...plain, opclass: 'public.my_ops (siglen=32)' },
    '"a" COLLATE "de-x-icu" text_pattern_ops DESC NULLS LAST': { column: 'a', expression: null, order: 'desc', nulls: 'last', collation: '"de-x-icu"', opclass: 'text_pattern_ops' },
    'lower("a")': { column: null, expression: 'lower("a")', ...plain },
    "to_tsvector('english', \"a\" || ') desc')": { column: null, expression: "to_tsvector('english', \"a\" || ') desc')", ...plain },
    'pg_catalog.lower("a") desc': { column: null, expression: 'pg_catalog.lower("a")', order: 'desc', nulls: 'first' },
    '("a" + 1) DESC': { column: null, expression: '("a" + 1)', order: 'desc', nulls: 'first' },
    '"a" || "b"': { column: null, expression: '("a" || "b")', ...plain },
    '"a"::text': { column: null, expression: '("a"::text)', ...plain },
    'lower("a") || \'x\'': { column: null, expression: '(lower("a") || \'x\')', ...plain },
  }
  for (const [text, expected] of Object.entries(cases)) assert.deepEqual(postgresIndexElement(text), expected, text)
  assert.deepEqual(sqliteIndexElement('"a" || "b" DESC'), { column: null, expression: '"a" || "b"', order: 'desc', nulls: 'last' })
  assert.deepEqual(sqliteIndexElement('"Da te" desc'), { column: 'Da te', expression: null, order: 'desc', nulls: 'last' })
  assert.deepEqual(sqliteIndexElement('lower("a")'), { column: null, expression: 'lower("a")', order: 'asc', nulls: 'first' })
})
