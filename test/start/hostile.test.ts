import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql, trueup } from '../../src/index.ts'
import type { Migration } from '../../src/index.ts'
import type { TableSketch } from './targets.ts'
import { models, table, targets } from './targets.ts'

/** Names that break whoever writes SQL by hand. Each is a table, a column, an index, a constraint and an entry at once. */
const NAMES = [
  'select', 'Mixed Case', 'dot.dot', "quo'te", 'dou"ble', 'semi;colon', '"; DROP TABLE users; --', 'tab\there', 'ünïcødé 🦊', 'back\\slash', '$$dollar$$', '%s ${x} :y @z ?', '-- comment', '/* c */',
  'é'.repeat(31), 'x'.repeat(63),
]
const VALUES = ["O'Reilly", 'back\\slash', '$$', '"; DROP TABLE users; --', 'ünïcødé 🦊', '', '%', 'line\nbreak']

for (const target of targets()) {
  describe(target.title, { concurrency: false }, () => {
    test('hostile names and values go through create, add, backfill, rename and rollback', async () => {
      const place = await target.place()
      try {
        const before = NAMES.map((name) => table(name, 'plain'))
        const app = (migrations: readonly Migration[], ...tables: readonly TableSketch[]) => trueup({ database: place.database(), models: models(...tables), migrations, logger: false, longSteps: 'wait' })
        await app([], ...before).applyMigrations()
        const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
        await place.script(...NAMES.map((name) => `INSERT INTO ${quoted(name)} (id, plain) VALUES (1, 'kept')`))
        const column = (i: number): string => `c ${NAMES[(i + 3) % NAMES.length]}`.slice(0, 25)
        const entries = NAMES.flatMap((name, i): Migration[] => [
          { table: name, column: column(i), type: 'text', default: VALUES[i % VALUES.length], description: name },
          { id: `fill ${name.replaceAll(/\p{Cc}/gu, ' ')}`, backfill: { table: name, set: sql`plain = ${VALUES[i % VALUES.length]}`, where: sql`plain = ${'kept'}` } },
        ]).filter((entry) => 'backfill' in entry || !/\p{Cc}/u.test(`${entry.id ?? ''}`))
        const named = entries.map((entry, i): Migration => ('column' in entry ? { ...entry, id: `column ${i}` } : entry))
        const report = await app(named, ...before).applyMigrations()
        assert.equal(report.applied.length, named.length, JSON.stringify(report.pending))
        for (const [i, name] of NAMES.entries()) {
          const [row] = await place.rows(`SELECT ${quoted(column(i))} AS added, plain FROM ${quoted(name)}`)
          assert.deepEqual([row?.['added'], row?.['plain']], [VALUES[i % VALUES.length], VALUES[i % VALUES.length]], name)
        }
        assert.equal((await app(named, ...before).applyMigrations()).outcome, 'current')
        const undone = await app(named, ...before).rollback()
        assert.equal(undone.entries.length, named.length)
        const moved: Migration[] = NAMES.slice(0, 12).map((name, i) => ({ id: `rename ${i}`, rename: { table: name, column: 'plain', to: `to ${name}`.slice(0, 25) } }))
        const after = NAMES.map((name, i) => (i < 12 ? table(name, `to ${name}`.slice(0, 25)) : table(name, 'plain')))
        const renamed = await app([...named, ...moved], ...after).applyMigrations()
        assert.equal(renamed.applied.length, moved.length)
        const second = await app([...named, ...moved], ...after).plan()
        assert.deepEqual([second.steps, second.drift.filter((item) => item.kind !== 'extra')], [[], []])
      } finally {
        await place.close()
      }
    })
  })
}
