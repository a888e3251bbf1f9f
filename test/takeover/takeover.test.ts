import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { trueup } from '../../src/index.ts'
import type { Trueup, TrueupOptions } from '../../src/index.ts'
import { column, fromTables, table } from '../../src/models/tables/tables.ts'
import { isTrueupError } from '../../src/errors.ts'
import type { Place } from '../start/targets.ts'
import { targets } from '../start/targets.ts'
import { ledgerCases } from './ledgers.ts'

const MODELS = 'CREATE TABLE users (id integer PRIMARY KEY, name text)'
/** Declared, not as text: that would need a scratch database for every look. */
const declared = fromTables([table('users', { id: column('integer').primaryKey(), name: column('text') })])

for (const target of targets()) {
  describe(`ledgers of other tools on ${target.title}`, () => {
    const cases = ledgerCases(target.dialect)
    let place: Place
    const app = (options: Partial<TrueupOptions> = {}): Trueup => trueup({ database: place.database(), models: declared, logger: false, ...options })
    before(async () => {
      place = await target.place()
      await place.script(...MODELS.split(';'), ...cases.flatMap((one) => one.statements))
    })
    after(() => place.close())

    test('status reads every one of them, and none is drift', async () => {
      const status = await app().status()
      const others = Object.fromEntries(status.others.map((one) => [one.tool, one]))
      for (const { tool, table, expected } of cases) {
        const found = others[tool]
        assert.ok(found, `${tool} was not found`)
        assert.deepEqual(
          { table: found.table, migrations: found.migrations, last: found.last, unfinished: found.unfinished, locked: found.locked, takenOver: found.takenOver, problem: found.problem },
          { table: table.replaceAll('"', ''), migrations: expected.migrations, last: expected.last, unfinished: expected.unfinished ?? [], locked: expected.locked ?? false, takenOver: 'no', problem: undefined },
          tool,
        )
      }
      assert.equal(status.others.length, cases.length, 'nothing else was taken for a ledger')
      assert.deepEqual(status.drift, [])
      const tolerated = status.unmanaged.filter((one) => one.because.startsWith('tolerated: ledger of')).map((one) => one.name.replaceAll('"', ''))
      for (const name of ['_prisma_migrations', 'knex_migrations_lock', 'typeorm_metadata', 'SequelizeMeta', 'flyway_schema_history']) assert.ok(tolerated.includes(name), `${name} in ${tolerated.join(', ')}`)
    })

    test('doctor says each once, with what is wrong', async () => {
      const findings = (await app().examine()).filter((one) => one.topic === 'other tool')
      assert.equal(findings.filter((one) => one.level === 'info').length, cases.length)
      assert.ok(findings.some((one) => one.level === 'warning' && /Prisma Migrate left unfinished: 20250104_failed/.test(one.message)))
      assert.ok(findings.some((one) => one.level === 'warning' && /lock of Knex is taken/.test(one.message)))
    })

    test('nothing of them is ever dropped, also where everything else is', async () => {
      const schemas = target.dialect === 'postgres' ? { schemas: ['public', 'drizzle'] } : {}
      const before = await app().plan({ allow: 'destructive' })
      assert.deepEqual(before.steps.map((step) => step.title), [])
      const wide = await app(schemas).plan({ allow: 'destructive' })
      assert.deepEqual(wide.steps.map((step) => step.title), [])
      await place.script('CREATE TABLE stray (id integer)')
      const plan = await app(schemas).plan({ allow: 'destructive' })
      assert.equal(plan.steps.length, 1, plan.steps.map((step) => step.title).join(', '))
      await app(schemas).applyMigrations({ allow: 'destructive', confirm: plan.hash })
      for (const one of cases) assert.ok((await place.rows(`SELECT count(*) AS n FROM ${one.table}`)).length === 1)
      await assert.rejects(place.rows('SELECT * FROM stray'))
    })

    test('baseline records them, and tells when a tool has run since', async () => {
      const report = await app().baseline()
      assert.deepEqual(report.tookOver.map((one) => one.tool).sort(), cases.map((one) => one.tool).sort())
      const [fact] = await place.rows(`SELECT value FROM trueup_state WHERE key = 'taken_over'`)
      const kept = JSON.parse(String(fact?.['value'])) as readonly { readonly tool: string; readonly last: string }[]
      assert.equal(kept.find((one) => one.tool === 'knex')?.last, '002_b.js')
      assert.ok((await app().status()).others.every((one) => one.takenOver === 'yes'))
      for (const one of cases) await place.script(one.more)
      const moved = await app().status()
      assert.deepEqual(moved.others.filter((one) => one.takenOver !== 'moved').map((one) => one.tool), [])
      assert.ok((await app().examine()).some((one) => one.level === 'warning' && /has run since it was taken over/.test(one.message)))
      await app().baseline()
      assert.ok((await app().status()).others.every((one) => one.takenOver === 'yes'))
    })

    test('a start after it has nothing to do, and says nothing of them', async () => {
      const report = await app().applyMigrations()
      assert.equal(report.outcome, 'current')
      assert.deepEqual(report.drift, [])
    })
  })

  describe(`what only looks like a ledger on ${target.title}`, () => {
    let place: Place
    before(async () => { place = await target.place() })
    after(() => place.close())
    const app = (models = declared): Trueup => trueup({ database: place.database(), models, logger: false })

    test('is drift like any other table, whatever its name', async () => {
      await place.script(MODELS, 'CREATE TABLE _prisma_migrations (id integer, note text)', 'CREATE TABLE "SequelizeMeta" (name text, more text)', 'CREATE TABLE people (id integer, timestamp integer, name text)', 'CREATE TABLE tags (name text)')
      const status = await app().status()
      assert.deepEqual(status.others, [])
      assert.equal(status.drift.filter((one) => one.kind === 'extra').length, 4)
    })

    test('belongs to the models that declare it', async () => {
      const models = fromTables([table('users', { name: column('text') }), table('data_migrations', { name: column('text') })])
      const other = await target.place()
      try {
        const mine = trueup({ database: other.database(), models, logger: false })
        await mine.applyMigrations()
        assert.equal((await mine.check()).inSync, true)
        assert.deepEqual((await mine.status()).unmanaged, [])
      } finally {
        await other.close()
      }
    })

    test('a ledger under names of the team is known by its columns', async () => {
      await place.script('DROP TABLE _prisma_migrations', 'DROP TABLE "SequelizeMeta"', 'CREATE TABLE "Our ""Migrations""" (id integer PRIMARY KEY, name text, run_on timestamp)', `INSERT INTO "Our ""Migrations""" VALUES (1, 'x', '2025-01-01')`)
      const [found] = (await app().status()).others
      assert.equal(found?.tool, 'node-pg-migrate')
      assert.equal(found?.last, 'x')
    })

    if (target.dialect === 'postgres') {
      test('a ledger that this role may not read is said, and stops nothing', async (t) => {
        if (!target.shared) return t.skip('PGlite has one role')
        await place.script('CREATE TABLE pgmigrations (id serial PRIMARY KEY, name text, run_on timestamp)')
        const role = `reader_${Math.random().toString(36).slice(2, 10)}`
        await place.script(`CREATE ROLE ${role} LOGIN`, `GRANT SELECT ON users TO ${role}`)
        const url = new URL(place.url ?? '')
        url.username = role
        const { postgres } = await import('../../src/dialects/postgres/postgres.ts')
        const database = postgres(url.href)
        try {
          const status = await trueup({ database, models: declared, logger: false }).status().catch((error: unknown) => {
            assert.fail(isTrueupError(error) ? `${error.code}: ${error.message}` : String(error))
          })
          assert.match(status.others.find((one) => one.table === 'pgmigrations')?.problem ?? '', /permission denied/)
        } finally {
          await database.close()
          await place.script(`DROP OWNED BY ${role}`, `DROP ROLE ${role}`)
        }
      })
    }
  })
}
