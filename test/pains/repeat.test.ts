import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ModelSource } from '../../src/models/source.ts'
import { makeSchema } from '../../src/schema/schema.ts'
import type { Column } from '../../src/schema/schema.ts'
import type { Target } from '../start/targets.ts'
import { models, table } from '../start/sketches.ts'
import { app, engines, number, onEmpty, server, start } from './places.ts'

const RESTARTS = 100

const nulls = (engine: Target): 'first' | 'last' => (engine.dialect === 'postgres' ? 'last' : 'first')
const indexed = (engine: Target, name: string) => models({ ...table('users', 'mail', 'name'), indexes: [
  { name, named: name !== '', unique: true, method: 'btree', keys: [{ column: 'mail', expression: null, order: 'asc' as const, nulls: nulls(engine) }], where: null },
] })

for (const engine of engines) {
  test(`pain 11: ${RESTARTS} starts leave exactly one index, also without the fast path (${engine.title})`, () => onEmpty(engine, async (place) => {
    const count = engine.dialect === 'postgres' ? "SELECT count(*) FROM pg_indexes WHERE tablename = 'users'" : "SELECT count(*) FROM pragma_index_list('users') WHERE origin = 'c'"
    const source = indexed(engine, 'users_mail')
    await start(place, source)
    const before = await number(place, count)
    for (let number = 1; number < RESTARTS; number += 1) {
      if (number % 10 === 0) await place.script('DELETE FROM trueup_pairs')
      const report = await start(place, source)
      assert.deepEqual([report.outcome, report.steps], ['current', []])
    }
    assert.equal(await number(place, count), before)
  }))

  test(`pain 10: what a server spells in its own way is no change (${engine.title})`, () => onEmpty(engine, async (place) => {
    const matrix: readonly Column[] = (engine.dialect === 'postgres' ? POSTGRES : SQLITE).map(([type, value], index) => ({ name: `c${index}`, type, notNull: index % 2 === 0 && value !== null, default: value }))
    const source = models({ name: 'matrix', columns: [{ name: 'id', type: 'integer', notNull: true }, ...matrix], constraints: [{ type: 'primaryKey', name: 'matrix_pkey', named: false, columns: ['id'] }] })
    await start(place, source)
    await place.script('DELETE FROM trueup_pairs')
    const plan = await app(place, source).plan()
    assert.deepEqual(plan.steps.map((step) => step.title), [])
    assert.deepEqual(plan.drift.map((item) => item.message), [])
    assert.equal((await start(place, source)).outcome, 'current')
  }))
}

const POSTGRES: readonly (readonly [string, string | null])[] = [
  ['int', '0'], ['int4', '-1'], ['bigint', '9223372036854775807'], ['smallint', null], ['bool', 'true'], ['boolean', "'f'"], ['varchar', "'x'"], ['varchar(10)', "''"], ['character varying(20)', "'it''s'"],
  ['text', "'{}'"], ['text[]', "'{}'"], ['integer[]', 'ARRAY[1, 2]'], ['jsonb', "'{}'"], ['json', "'[]'::json"], ['timestamptz', 'now()'], ['timestamp(3)', 'CURRENT_TIMESTAMP(3)'], ['timestamp (3)', 'localtimestamp'],
  ['date', 'CURRENT_DATE'], ['time', "'12:00'"], ['interval', "'1 day'"], ['uuid', 'gen_random_uuid()'], ['numeric(10,2)', '0'], ['decimal(5)', '1.5'], ['float', '1e10'], ['real', "'NaN'"], ['double precision', '-0.5'],
  ['bytea', "'\\x00'"], ['inet', "'127.0.0.1'"], ['char(3)', "'abc'"], ['bit(3)', "B'101'"], ['name', "'n'"], ['xml', null], ['int4range', "'[1,2)'"], ['money', null], ['tsvector', null], ['text', 'lower(\'X\' || \'Y\')'],
]

const SQLITE: readonly (readonly [string, string | null])[] = [
  ['int', '0'], ['INTEGER', '-1'], ['text', "'x'"], ['TEXT', "''"], ['varchar(10)', "'it''s'"], ['boolean', 'true'], ['real', '1e10'], ['numeric(10,2)', '0.5'], ['blob', "x'00'"],
  ['datetime', 'CURRENT_TIMESTAMP'], ['text', "(datetime('now'))"], ['text', "(lower('X' || 'Y'))"], ['json', "'{}'"],
]

/** An enum whose new value is used at once. */
const moods = (values: readonly string[], initial: string): ModelSource => ({
  title: 'moods',
  declare: ({ defaultSchema }) => ({ form: 'schema', schema: makeSchema({
    covers: ['table', 'column', 'constraint', 'index', 'enum'],
    enum: [{ schema: defaultSchema, name: 'mood', values }],
    table: [{ schema: defaultSchema, name: 'people', columns: [{ name: 'id', type: 'integer', notNull: true, default: null }, { name: 'feels', type: 'mood', notNull: true, default: `'${initial}'` }, ...(values.length > 2 ? [{ name: 'felt', type: 'mood', notNull: false, default: `'${values[1] ?? ''}'` }] : [])],
      constraints: [{ type: 'primaryKey' as const, name: 'people_pkey', named: false, columns: ['id'] }], indexes: values.length > 2 ? [{ name: 'by_new', named: true, unique: false, method: 'btree', keys: [{ column: 'feels', expression: null, order: 'asc' as const, nulls: 'last' as const }], where: `(feels = '${values[1]}'::mood)` }] : [] }],
  }) }),
})

test('pain 20: a new enum value is used in the same start, on an older and on a fresh database', async () => {
  const wider = moods(['sad', 'so so', 'happy'], 'sad')
  await onEmpty(server, async (place) => {
    await start(place, moods(['sad', 'happy'], 'sad'))
    await place.script("INSERT INTO people VALUES (1, 'happy')")
    const fill = { id: 'fill', fresh: 'skip' as const, up: "UPDATE people SET felt = 'so so'" }
    assert.equal((await start(place, wider, [fill])).outcome, 'applied')
    assert.deepEqual((await place.rows('SELECT enum_range(NULL::mood)::text AS all, felt::text AS felt FROM people'))[0], { all: '{sad,"so so",happy}', felt: 'so so' })
    assert.equal((await start(place, wider, [fill])).outcome, 'current')
  })
  await onEmpty(server, async (place) => {
    assert.equal((await start(place, wider)).outcome, 'applied')
    assert.equal((await start(place, wider)).outcome, 'current')
  })
})
