import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { diff } from '../../src/diff/diff.ts'
import { applyAll } from '../../src/operations/operation.ts'
import { apply, bring, driver, load, plain, planTo, withDatabase } from './support.ts'

/** Random tables whose features SQLite can alter and cannot alter, in all combinations. */
const TYPES = ['INTEGER', 'TEXT', 'NUMERIC(10, 2)', 'BLOB', '']
const DEFAULTS = ['', ' DEFAULT 0', " DEFAULT 'it''s'", ' DEFAULT CURRENT_TIMESTAMP', ' DEFAULT (1 + 1)', ' DEFAULT NULL', ' DEFAULT -5']

const column = fc.record({
  type: fc.constantFrom(...TYPES),
  rest: fc.constantFrom(...DEFAULTS),
  collate: fc.constantFrom('', ' COLLATE NOCASE'),
  unique: fc.boolean(),
  check: fc.boolean(),
  index: fc.constantFrom('', 'plain', 'unique', 'expression', 'partial'),
})

const NAMES = ['a', 'b', 'Wei rd"', 'order']

const table = fc.record({
  columns: fc.dictionary(fc.constantFrom(...NAMES), column, { minKeys: 1 }),
  key: fc.constantFrom('none', 'id', 'auto', 'first'),
  generated: fc.constantFrom('', 'VIRTUAL', 'STORED'),
  reference: fc.boolean(),
  withoutRowid: fc.boolean(),
  trigger: fc.boolean(),
  view: fc.boolean(),
})

const model = fc.record({ t1: fc.option(table), 'T 2;': fc.option(table), t3: fc.option(table) })

const q = (name: string): string => `"${name.replaceAll('"', '""')}"`

type Model = typeof model extends fc.Arbitrary<infer T> ? T : never
type TableModel = typeof table extends fc.Arbitrary<infer T> ? T : never

function ddl(schema: Model): string {
  return Object.entries(schema).flatMap(([name, value]) => (value === null ? [] : tableDdl(name, value))).join('\n')
}

function tableDdl(name: string, value: TableModel): string[] {
  const columns = Object.entries(value.columns)
  const [first] = columns
  const parts = [
    ...(value.key === 'id' ? ['id INTEGER PRIMARY KEY'] : value.key === 'auto' ? ['id INTEGER PRIMARY KEY AUTOINCREMENT'] : []),
    ...columns.map(([c, spec]) => `${q(c)} ${spec.type}${spec.rest}${spec.collate}${spec.check ? ` CHECK (${q(c)} IS NOT 'bad')` : ''}`),
    ...(value.generated === '' ? [] : [`g TEXT AS (${q(first?.[0] ?? '')} || 'x') ${value.generated}`]),
    ...(value.reference ? [`parent INTEGER REFERENCES t1 ON DELETE CASCADE`] : []),
    ...columns.filter(([, spec]) => spec.unique).map(([c]) => `CONSTRAINT ${q(`u ${c}`)} UNIQUE (${q(c)})`),
    ...(value.key === 'first' ? [`PRIMARY KEY (${q(first?.[0] ?? '')})`] : []),
  ]
  const keyed = value.key !== 'none' && value.key !== 'auto'
  const indexes = columns.flatMap(([c, { index }]) => {
    const head = `INDEX ${q(`${name} ${c} ${index === 'unique' ? 'u' : 'i'}`)} ON ${q(name)}`
    if (index === 'plain') return [`CREATE ${head} (${q(c)} DESC);`]
    if (index === 'unique') return [`CREATE UNIQUE ${head} (${q(c)});`]
    if (index === 'expression') return [`CREATE ${head} (lower(${q(c)}));`]
    return index === 'partial' ? [`CREATE ${head} (${q(c)}) WHERE ${q(c)} IS NOT NULL;`] : []
  })
  return [
    `CREATE TABLE ${q(name)} (${parts.join(', ')})${value.withoutRowid && keyed ? ' WITHOUT ROWID' : ''};`,
    ...indexes,
    ...(value.view ? [`CREATE VIEW ${q(`v ${name}`)} AS SELECT ${q(first?.[0] ?? '')} AS x FROM ${q(name)};`] : []),
    ...(value.trigger ? [`CREATE TRIGGER ${q(`g ${name}`)} AFTER DELETE ON ${q(name)} BEGIN UPDATE ${q(name)} SET ${q(first?.[0] ?? '')} = 1; END;`] : []),
  ]
}

/** One row in each table, with a value in each column that takes one. */
function rows(schema: Model): string[] {
  return Object.entries(schema).flatMap(([name, value]) => {
    if (value === null) return []
    const columns = [...(value.key === 'id' || value.key === 'auto' ? ['id'] : []), ...Object.keys(value.columns)]
    return [`INSERT INTO ${q(name)} (${columns.map(q).join(', ')}) VALUES (${columns.map(() => '41').join(', ')})`]
  })
}

const RUNS = Number(process.env['TRUEUP_TEST_RUNS'] ?? 40)

test(`${driver}: any schema is reached from any other, and the way back`, async () => {
  await fc.assert(
    fc.asyncProperty(model, model, async (a, b) => {
      await withDatabase(':memory:', async (database, session) => {
        await bring(database, session, ddl(a))
        const start = await database.dialect.introspect(session, { schemas: ['main'], defaultSchema: 'main', ledgerTables: [] })
        const target = await load(database, session, ddl(b))
        assert.deepEqual(plain(applyAll(start, diff(start, target))), plain(target), 'the operations lead to the target in memory')
        await apply(database, session, await planTo(database, session, target))
        assert.deepEqual((await planTo(database, session, target)).map(({ step }) => step.statements), [], 'the second plan is empty')
        const reached = await database.dialect.introspect(session, { schemas: ['main'], defaultSchema: 'main', ledgerTables: [] })
        assert.deepEqual(plain(reached), plain(target), 'what was reached is the target')
        await apply(database, session, await planTo(database, session, start))
        assert.deepEqual(plain(await database.read()), plain(start), 'the way back ends at the start')
      })
    }),
    { numRuns: RUNS, includeErrorInReport: true },
  )
})

test(`${driver}: rows of tables that stay are there afterwards, with the values of the columns that stay`, async () => {
  await fc.assert(
    fc.asyncProperty(model, model, async (a, b) => {
      await withDatabase(':memory:', async (database, session) => {
        await bring(database, session, ddl(a))
        // Its models may reference a table that is missing, where SQLite takes no row with keys on.
        await session.execute('PRAGMA foreign_keys=OFF')
        await session.script(rows(a))
        const kept = Object.keys(a).filter((name) => a[name as keyof Model] !== null && b[name as keyof Model] !== null)
        try {
          await bring(database, session, ddl(b))
        } catch (error) {
          // A key without rowid takes no NULL, and one that is the rowid no text: a new first column has no value for the row that is there.
          assert.match(String(error), /NOT NULL constraint failed|datatype mismatch/)
        }
        for (const name of kept) {
          assert.equal(await session.json(`SELECT count(*) FROM ${q(name)}`), 1, name)
          const [from, to] = [a[name as keyof Model], b[name as keyof Model]]
          for (const column of Object.keys(from?.columns ?? {}).filter((c) => to?.columns[c] !== undefined)) {
            assert.equal(await session.json(`SELECT CAST(${q(column)} AS INTEGER) FROM ${q(name)}`), 41, `${name}.${column}`)
          }
        }
      })
    }),
    { numRuns: RUNS, includeErrorInReport: true },
  )
})
