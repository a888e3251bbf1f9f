import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { TrueupError, sql, trueup } from '../../src/index.ts'
import type { Migration } from '../../src/index.ts'
import type { ModelSource } from '../../src/models/source.ts'
import { makeSchema } from '../../src/schema/schema.ts'
import type { Place, Target } from '../start/targets.ts'
import { targets } from '../start/targets.ts'

const LONGEST = 63

const NAMES = [
  'plain', 'Upper Case', 'with "double" quotes', "it's", "''", 'dot.ted.name', 'semi;colon', 'back\\slash', "back\\'slash", 'ünïcödé 漢字', '🎉', 'é (composed)', 'e\u0301 (combined)',
  'x"; DROP TABLE victims; --', "x'; DROP TABLE victims; --", "x'); DROP TABLE victims; --", '/* comment', '-- comment', 'select', 'user', 'table', 'order', '$1', '$$', '${name}', '%s %I %L',
  ' leading', 'trailing ', 'new\nline', 'tab\tbed', ':name', '@v', '?', '`backticks`', '[brackets]', '{braces}', 'a,b', '(', '0', 'null', 'true', 'constructor', '__proto__', 'hasOwnProperty',
  'l'.repeat(LONGEST - 1), `${'"'.repeat(30)}${"'".repeat(30)}`, 'ü'.repeat(30),
]

/** Another name of the same kind, at most so long as PostgreSQL's. */
const vary = (name: string, mark: string): string => `${name}${mark}`

const GENERATION = { first: 1, second: 2, third: 3 } as const
type Generation = (typeof GENERATION)[keyof typeof GENERATION]

function source(dialect: Target['dialect'], generation: Generation): ModelSource {
  const nulls = dialect === 'postgres' ? 'last' : 'first'
  return {
    title: 'hostile models',
    declare: ({ defaultSchema }) => ({
      form: 'schema',
      schema: makeSchema({
        covers: ['table', 'column', 'constraint', 'index', ...(dialect === 'postgres' ? ['enum' as const] : [])],
        ...(dialect === 'postgres' && { enum: NAMES.map((name) => ({ schema: defaultSchema, name: vary(name, 'e'), values: [name, 'b', ...(generation > 1 ? [vary(name, '2')] : [])] })) }),
        table: [
          { schema: defaultSchema, name: 'victims', columns: [{ name: 'id', type: 'integer', notNull: true, default: null }], constraints: [{ type: 'primaryKey', name: 'victims_pkey', named: false, columns: ['id'] }], indexes: [] },
          ...NAMES.map((name) => ({
            schema: defaultSchema, name,
            columns: [
              { name: 'id', type: 'integer', notNull: true, default: null }, { name, type: 'text', notNull: false, default: null },
              ...(generation === 1 ? [] : [{ name: vary(name, generation === 2 ? '2' : '3'), type: 'text', notNull: false, default: literalOf(name, dialect) }]),
              ...(generation > 1 && dialect === 'postgres' ? [{ name: 'kind', type: `"${vary(name, 'e').replaceAll('"', '""')}"`, notNull: false, default: null }] : []),
            ],
            constraints: [{ type: 'primaryKey' as const, name: vary(name, 'p'), named: true, columns: ['id'] }],
            indexes: generation === 1 ? [] : [{ name: vary(name, 'i'), named: true, unique: false, method: 'btree', keys: [{ column: name, expression: null, order: 'asc' as const, nulls: nulls as 'first' | 'last' }], where: null }],
          })),
        ],
      }),
    }),
  }
}

const literalOf = (text: string, dialect: Target['dialect']): string => {
  const quoted = `'${text.replaceAll("'", "''")}'`
  return dialect === 'postgres' && text.includes('\\') ? ` E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : quoted
}

const columnEntries: readonly Migration[] = NAMES.map((name) => ({ id: `column ${shown(name)}`, table: name, column: vary(name, '2'), type: 'text', default: name, description: name }))
const fills: readonly Migration[] = NAMES.map((name) => ({ id: `fill ${shown(name)}`, dependsOn: [`column ${shown(name)}`], backfill: { table: name, set: sql`${sql.name(name)} = ${`${name} filled`}`, where: sql`${sql.name(name)} = ${name}`, batchSize: 1 } }))
const inserts: readonly Migration[] = NAMES.map((name) => ({ id: `insert ${shown(name)}`, fresh: 'run', up: sql`INSERT INTO ${sql.name(name)} (id, ${sql.name(name)}) VALUES (7, ${name})`, down: sql`DELETE FROM ${sql.name(name)} WHERE id = 7` }))
const renames: readonly Migration[] = NAMES.map((name) => ({ id: `rename ${shown(name)}`, rename: { table: name, column: vary(name, '2'), to: vary(name, '3') } }))

/** Ids hold no control characters; tables may. */
function shown(name: string): string {
  return name.replaceAll('\n', '↵').replaceAll('\t', '⇥')
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
const start = (place: Place, target: Target, generation: Generation, migrations: readonly Migration[]): ReturnType<ReturnType<typeof trueup>['applyMigrations']> =>
  trueup({ database: place.database(), models: source(target.dialect, generation), migrations, logger: false, longSteps: 'wait' }).applyMigrations()

async function tableNames(place: Place, target: Target): Promise<readonly string[]> {
  const query = target.dialect === 'postgres' ? "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace" : "SELECT name FROM sqlite_master WHERE type = 'table'"
  return (await place.rows(query)).map((row) => String(row['name'])).filter((name) => !/^(trueup|sqlite)_/.test(name)).sort()
}

async function has(place: Place, name: string, column: string): Promise<boolean> {
  // SQLite takes a quoted name that it does not know for a text; with its table it does not.
  return place.rows(`SELECT t.${quoted(column)} FROM ${quoted(name)} AS t`).then(() => true, () => false)
}

async function assertWhole(place: Place, target: Target): Promise<void> {
  assert.deepEqual(await tableNames(place, target), [...NAMES, 'victims'].sort())
  assert.equal(Number((await place.rows('SELECT count(*) AS n FROM victims'))[0]?.['n']), 1)
}

/** How a name is quoted does not change between versions: the oldest server is left out, and PGlite plays the short scenarios. */
const played = targets().filter((target, index) => index > 0 || target.dialect === 'sqlite' || targets().length < 4)

for (const target of played) {
  describe(`${target.title}: hostile names`, { concurrency: false }, () => {
    test(`${NAMES.length} names are created, extended, filled, renamed and rolled back`, { skip: !target.shared }, async () => {
      const place = await target.place()
      try {
        await start(place, target, GENERATION.first, [])
        await place.script('INSERT INTO victims VALUES (1)', ...NAMES.map((name) => `INSERT INTO ${quoted(name)} VALUES (1, ${literalOf(name, target.dialect)})`))
        await assertWhole(place, target)

        const second = [...columnEntries, ...fills, ...inserts]
        const report = await start(place, target, GENERATION.second, second)
        assert.equal(report.applied.length, second.length)
        assert.deepEqual(report.drift, [])
        await assertWhole(place, target)
        for (const name of NAMES) {
          // Under names of our own: a driver that makes rows of plain objects loses a column __proto__.
          const rows = await place.rows(`SELECT id, ${quoted(name)} AS a, ${quoted(vary(name, '2'))} AS b FROM ${quoted(name)} ORDER BY id`)
          assert.deepEqual(rows.map((row) => [Number(row['id']), row['a'], row['b']]), [[1, `${name} filled`, name], [7, name, name]], name)
        }
        assert.equal((await start(place, target, GENERATION.second, second)).outcome, 'current')

        const app = trueup({ database: place.database(), models: source(target.dialect, GENERATION.second), migrations: second, logger: false, longSteps: 'wait' })
        const ids = inserts.map((entry) => entry.id ?? '')
        await app.rollback({ entries: ids })
        for (const name of NAMES) assert.equal((await place.rows(`SELECT id FROM ${quoted(name)}`)).length, 1, name)
        await assertWhole(place, target)

        const third = [...second, ...renames]
        const renamed = await start(place, target, GENERATION.third, third)
        assert.equal(renamed.applied.length, renames.length)
        for (const name of NAMES) assert.equal((await place.rows(`SELECT * FROM ${quoted(name)}`))[0]?.[vary(name, '3')], name)
        assert.equal((await start(place, target, GENERATION.third, third)).outcome, 'current')
        await assertWhole(place, target)
        const status = await trueup({ database: place.database(), models: source(target.dialect, GENERATION.third), migrations: third, logger: false }).status()
        assert.equal(status.entries.length, third.length)
        assert.deepEqual(status.drift, [])
      } finally {
        await place.close()
      }
    })

    test('column entries of hostile names are rolled back', async () => {
      const place = await target.place()
      try {
        await start(place, target, GENERATION.first, [])
        await place.script('INSERT INTO victims VALUES (1)', ...NAMES.map((name) => `INSERT INTO ${quoted(name)} VALUES (1, ${literalOf(name, target.dialect)})`))
        const extra: readonly Migration[] = NAMES.map((name) => ({ id: `extra ${shown(name)}`, table: name, column: vary(name, '4'), type: 'text', default: name }))
        await start(place, target, GENERATION.first, extra)
        for (const name of NAMES) assert.equal((await place.rows(`SELECT * FROM ${quoted(name)}`))[0]?.[vary(name, '4')], name)
        await trueup({ database: place.database(), models: source(target.dialect, GENERATION.first), migrations: extra, logger: false }).rollback()
        for (const name of NAMES) assert.equal(await has(place, name, vary(name, '4')), false, name)
        await assertWhole(place, target)
      } finally {
        await place.close()
      }
    })

    test('names that no database can hold are refused before anything is changed', async () => {
      const place = await target.place()
      try {
        const long = 'x'.repeat(LONGEST + 1)
        const wrong: Migration[] = [{ table: 'victims', column: 'a\u0000b', type: 'text' }, { table: 'victims', column: '', type: 'text' }, ...(target.dialect === 'postgres' ? [{ table: 'victims', column: long, type: 'text' }] : [])]
        for (const entry of wrong) {
          const error = await Promise.resolve().then(() => start(place, target, GENERATION.first, [entry])).then(() => assert.fail(`${JSON.stringify(entry)} was taken`), (reason: unknown) => reason)
          assert.ok(error instanceof TrueupError, `${JSON.stringify(entry)}: ${String(error)}`)
          assert.ok(['registry-invalid', 'plan-refused', 'models-invalid'].includes(error.code), `${JSON.stringify(entry)}: ${error.code} ${error.message}`)
          assert.deepEqual(await tableNames(place, target), [])
        }
      } finally {
        await place.close()
      }
    })
  })
}
