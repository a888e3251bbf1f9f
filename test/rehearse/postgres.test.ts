import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before, describe, test } from 'node:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { availableServers, type TestServer } from '../servers/postgres.ts'
import { application, config, fill, PEOPLE, report } from './scene.ts'

const PLAN = `${PEOPLE.replace('email text', 'email text, nick text')}
CREATE UNIQUE INDEX people_email ON people (email);
ALTER TABLE people ADD CONSTRAINT short CHECK (length(email) < 100);
CREATE TABLE extra (id int PRIMARY KEY);`
const ENTRIES = `
{ id: 'nicks', backfill: { table: 'people', set: sql\`nick = email\`, where: sql\`nick IS NULL\` } },
{ id: 'caps', fresh: 'skip', check: 'SELECT 0', up: sql\`UPDATE people SET email = upper(email)\`, down: sql\`UPDATE people SET email = lower(email)\` },`

const pgDump = Number(/(\d+)/.exec(spawnSync('pg_dump', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1] ?? 0)

for (const kind of availableServers().filter(({ major }) => major > 0)) {
  describe(`${kind.title}: a plan on a copy`, { concurrency: false }, () => {
    let server: TestServer
    const dumps = pgDump >= kind.major ? {} : { skip: `pg_dump ${pgDump} of this machine does not read ${kind.title}` }

    before(async () => {
      server = await kind.start()
    })
    after(() => server.stop())

    const original = async (rows = 40): Promise<string> => {
      const url = await server.createDatabase()
      await server.sql(PEOPLE + fill(rows), nameOf(url))
      return url
    }
    const place = (): string => server.url('').replace(/\/$/, '')
    const copies = (): Promise<readonly Record<string, unknown>[]> => server.sql("SELECT datname FROM pg_database WHERE datname LIKE 'trueup%'")
    /** Every row, and the transaction that wrote each catalogue entry last. */
    const state = (url: string): Promise<readonly Record<string, unknown>[]> => server.sql(`SELECT
      (SELECT md5(string_agg(p::text, ',' ORDER BY id)) FROM people p) AS people, (SELECT md5(string_agg(o::text, ',' ORDER BY id)) FROM "Org ""x'y" o) AS orgs,
      (SELECT string_agg(concat_ws(' ', oid, relname, relfilenode), ',' ORDER BY oid) FROM pg_class WHERE oid >= 16384) AS relations,
      (SELECT string_agg(concat_ws(' ', attrelid, attname, xmin), ',' ORDER BY attrelid, attnum) FROM pg_attribute WHERE attrelid >= 16384) AS columns,
      (SELECT string_agg(concat_ws(' ', oid, conname, xmin), ',' ORDER BY oid) FROM pg_constraint WHERE oid >= 16384) AS constraints, to_regclass('trueup_runs') AS ledger`, nameOf(url))

    test('goes through, is undone, goes through again; the original is as it was; exactly this plan may follow', async (t) => {
      const url = await original()
      const was = await state(url)
      const app = application(t, { url, models: PLAN, entries: ENTRIES })
      const missing = await app.run(['apply', '--require-rehearsal'])
      assert.equal(missing.code, 3, missing.stderr)
      assert.match(missing.stderr, /error\[not-rehearsed\]: Nothing was done: there is no report of a rehearsal at .*trueup-rehearsal\.json/)

      const ended = await app.run(['rehearse', '--on', place()])
      assert.equal(ended.code, 0, ended.stdout + ended.stderr)
      assert.match(ended.stdout, /^Production may follow: the plan went through on the copy, \d+ steps, about /)
      assert.deepEqual(await state(url), was)
      assert.deepEqual(await copies(), [])
      const { outcome, steps, undo, error } = report(app)
      assert.deepEqual({ outcome, error }, { outcome: 'ok', error: null })
      assert.deepEqual(undo, { entries: ['nicks', 'caps'], kept: [], models: true, verified: true })
      const column = steps.find(({ title }) => title.startsWith('add column nick'))
      assert.deepEqual(column?.locks.map(({ table, mode }) => `${mode} ${table}`), ['ACCESS EXCLUSIVE public.people'])
      assert.equal(steps.find(({ entry }) => entry === 'nicks')?.rows, 40)
      // A backfill of one batch does not rest, and what lies around its statements is its own, too.
      const isForetold = (step: (typeof steps)[number]): boolean => (step.entry === 'nicks' ? step.predicted >= step.duration && step.predicted < step.duration + 1_000 : Math.abs(step.predicted - step.duration) < 1)
      assert.ok(steps.every((step) => step.outcome === 'done' && step.basis === 'measured' && isForetold(step)), JSON.stringify(steps))
      const index = steps.find(({ title }) => title.includes('people_email'))
      assert.ok((index?.after[0]?.indexBytes ?? 0) > (index?.before[0]?.indexBytes ?? 0), JSON.stringify(index))
      assert.ok(!JSON.stringify(report(app)).includes('postgres://'))

      // A plan of other content, and a rehearsal that is too old.
      app.write('other.config.js', config({ url, models: PLAN.replace('nick text', 'nick varchar'), entries: ENTRIES }))
      const other = await app.run(['apply', '--config', 'other.config.js', '--require-rehearsal'])
      assert.equal(other.code, 3, other.stderr)
      assert.match(other.stderr, /the plan that was rehearsed \([0-9a-f]{16}\) is not the plan that is to be done now/)
      writeFileSync(join(app.folder, 'old.json'), JSON.stringify({ ...report(app), at: new Date(Date.now() - 3 * 86_400_000).toISOString() }))
      const old = await app.run(['apply', '--require-rehearsal=old.json', '--max-age', '2'])
      assert.equal(old.code, 3, old.stderr)
      assert.match(old.stderr, /the rehearsal is 3\.0 days old, and at most 2\.0 are allowed/)
      assert.deepEqual(await state(url), was)

      // More rows do not make it another plan.
      await server.sql('INSERT INTO people (email, org) VALUES (\'late\', 1)', nameOf(url))
      const applied = await app.run(['apply', '--require-rehearsal', '--max-age', '2'])
      assert.equal(applied.code, 0, applied.stdout + applied.stderr)
      assert.equal((await app.run(['apply', '--require-rehearsal=nowhere.json'])).code, 0, 'nothing is to be done: nothing needs a rehearsal')
    })

    test('a plan that only real rows break fails on the copy, and may not follow', async (t) => {
      const url = await original()
      await server.sql("UPDATE people SET email = 'user1' WHERE id = 7", nameOf(url))
      const was = await state(url)
      const app = application(t, { url, models: PLAN })
      const ended = await app.run(['rehearse', '--on', place(), '--report', 'bad.json'])
      assert.equal(ended.code, 1, ended.stdout + ended.stderr)
      assert.match(ended.stdout, /^Production must not follow: the plan for .* failed on the copy\./)
      assert.match(ended.stdout, /Failed in the stage "apply"/)
      assert.equal(report(app, 'bad.json').outcome, 'failed')
      assert.deepEqual(await state(url), was)
      assert.deepEqual(await copies(), [])
      const refused = await app.run(['apply', '--require-rehearsal=bad.json'])
      assert.equal(refused.code, 3, refused.stderr)
      assert.match(refused.stderr, /the rehearsal of .* failed: [^]*[^.]\.\nhint: Mend what failed there, then rehearse it/)
    })

    test('a `down` that does not undo, and an entry without one', async (t) => {
      const url = await original(3)
      const entries = (down: string): string => `{ id: 'hand', fresh: 'run', check: 'SELECT 0', touches: ['people'], up: sql\`ALTER TABLE people ADD COLUMN by_hand int\`${down} },`
      const models = PEOPLE.replace('email text', 'email text, by_hand int')
      const app = application(t, { url, models: PEOPLE, entries: entries('') })
      const kept = await app.run(['rehearse', '--on', place()])
      assert.deepEqual(report(app).undo?.kept.map(({ entry }) => entry), ['hand'], kept.stdout + kept.stderr)
      assert.ok(!models.includes('nick'))
    })

    test('policy: what is not allowed is told apart', async (t) => {
      const url = await original(30)
      const app = application(t, { url, models: PEOPLE, entries: "{ id: 'gone', fresh: 'run', up: sql`SELECT 1` }," })
      const ended = await app.run(['rehearse', '--on', place()])
      assert.equal(ended.code, 3, ended.stdout + ended.stderr)
      assert.match(ended.stdout, /^Production must not follow: policy does not allow this plan/)
    })

    test('the places that are refused, and the one that is used again', dumps, async (t) => {
      const url = await original(5)
      const app = application(t, { url, models: PLAN })
      const self = await app.run(['rehearse', '--on', url])
      assert.match(self.stderr, /error\[copy-refused\]: .* is the application's own database\. Nothing was changed/)
      const given = await app.run(['rehearse', '--by', 'given', '--on', url])
      assert.match(given.stderr, /error\[copy-refused\]: .* is the application's own database, not a copy of it/)
      const nameless = await app.run(['rehearse', '--by', 'given', '--on', place()])
      assert.match(nameless.stderr, /--by given takes a copy that is there: name its database/)
      const foreign = await original(5)
      const full = await app.run(['rehearse', '--on', foreign])
      assert.deepEqual([self.code, given.code, full.code], [1, 1, 1])
      assert.match(full.stderr, /is not empty, and it is no copy that an earlier rehearsal made/)
      const empty = await server.createDatabase()
      const first = await app.run(['rehearse', '--on', empty, '--keep'])
      assert.equal(first.code, 0, first.stdout + first.stderr)
      const second = await app.run(['rehearse', '--on', empty])
      assert.equal(second.code, 0, second.stdout + second.stderr)
      assert.match(second.stderr, /Emptying .*, which holds the copy of an earlier rehearsal/)
      assert.deepEqual(await server.sql("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace", nameOf(empty)), [])
    })

    test('a sample holds all that its rows rest on; the plan is that of the original', dumps, async (t) => {
      const url = await original(60)
      await server.sql(`CREATE TABLE parted (id int, person int REFERENCES people (id), PRIMARY KEY (id)) PARTITION BY RANGE (id); CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (0) TO (100);
        CREATE TABLE parted_high PARTITION OF parted FOR VALUES FROM (100) TO (200); INSERT INTO parted SELECT g, 1 + g % 60 FROM generate_series(1, 150) g`, nameOf(url))
      const models = `${PLAN} CREATE TABLE parted (id int, person int REFERENCES people (id), PRIMARY KEY (id)) PARTITION BY RANGE (id); CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (0) TO (100);
        CREATE TABLE parted_high PARTITION OF parted FOR VALUES FROM (100) TO (200);`
      const was = await state(url)
      const app = application(t, { url, models, entries: ENTRIES })
      const sample = await app.run(['rehearse', '--on', place(), '--rows', '2', '--keep', '--report', 'sample.json'])
      assert.equal(sample.code, 0, sample.stdout + sample.stderr)
      const [copy] = await copies()
      const name = String(copy?.['datname'])
      // Person 1 references 2, that one 3, … to 60, and each an organisation: everything hangs together.
      assert.deepEqual(await server.sql(`SELECT (SELECT count(*)::int FROM people) AS people, (SELECT count(*)::int FROM "Org ""x'y") AS orgs, (SELECT count(*)::int FROM parted) AS parted`, name), [{ people: 60, orgs: 60, parted: 2 }])
      const rows = 'SELECT md5(string_agg(concat(tags, data, twice), \',\' ORDER BY id)) AS all FROM people'
      assert.deepEqual(await server.sql(rows, name), await server.sql(rows, nameOf(url)))
      assert.deepEqual(await server.sql("SELECT nextval('people_id_seq')::int > 60 AS next", name), [{ next: true }])
      await server.sql(`DROP DATABASE ${name}`)
      const none = await app.run(['rehearse', '--on', place(), '--rows', 'none', '--report', 'none.json'])
      assert.equal(none.code, 0, none.stdout + none.stderr)
      assert.match(none.stdout, /The copy holds no rows: whether those of the original satisfy new constraints is not known/)
      assert.equal(report(app, 'none.json').plan, report(app, 'sample.json').plan)
      assert.deepEqual(await state(url), was)
      assert.equal((await app.run(['apply', '--require-rehearsal=none.json'])).code, 0)
    })

    test('when programs are missing or too old, it says so', async (t) => {
      const url = await original(2)
      const app = application(t, { url, models: PLAN })
      const ended = await app.run(['rehearse', '--on', place(), '--rows', '1'], { env: { PATH: app.folder } })
      assert.equal(ended.code, 1)
      assert.match(ended.stderr, /error\[not-supported\]: The copy is made by pg_dump and psql of version \d+ or later, and there is no pg_dump on the path\. Nothing was copied/)
      assert.deepEqual(await copies(), [])
    })

    test('what a killed rehearsal left is taken away by the next one', async (t) => {
      const url = await original(4)
      const slow = `${ENTRIES}{ id: 'slow', fresh: 'run', check: 'SELECT 0', up: sql\`SELECT pg_sleep(60)\` },`
      const app = application(t, { url, models: PLAN, entries: slow })
      const was = await state(url)
      const child = app.start(['rehearse', '--on', place()])
      let sleeping: readonly unknown[] = []
      for (let tries = 0; tries < 450 && sleeping.length === 0; tries += 1) {
        await new Promise((done) => setTimeout(done, 100))
        sleeping = await server.sql("SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname LIKE 'trueup_rehearsal_%'")
      }
      assert.equal(sleeping.length, 1, 'the slow entry was never begun')
      const [left] = await copies()
      child.kill('SIGKILL')
      await new Promise((done) => child.once('close', done))
      assert.deepEqual(await copies(), [left])
      app.write('trueup.config.js', config({ url, models: PLAN, entries: ENTRIES }))
      const next = await app.run(['rehearse', '--on', place()])
      assert.equal(next.code, 0, next.stdout + next.stderr)
      assert.match(next.stderr, new RegExp(`Dropped ${String(left?.['datname'])}, which a rehearsal that was interrupted had left`))
      assert.deepEqual(await copies(), [])
      assert.deepEqual(await state(url), was)
    })
  })
}

const nameOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1))
