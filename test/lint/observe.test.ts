import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { project } from '../cli/project.ts'
import { newestServer, type TestServer } from '../servers/postgres.ts'

interface Document {
  readonly diagnostics: readonly { readonly code: string; readonly message: string }[]
  readonly statements: readonly { readonly locks: readonly { readonly relation: { readonly name: string }; readonly mode: string; readonly isNew: boolean }[] }[]
}

const HIDDEN = "DO $$ BEGIN EXECUTE 'ALTER TABLE notes ALTER COLUMN id TYPE bigint'; CREATE TABLE made (id bigint); END $$;\n"
const kind = newestServer()

describe('what a text does not tell is seen on a copy', { skip: kind === null ? 'no server can be started here' : false }, () => {
  let server: TestServer
  let url: string

  before(async () => {
    server = await kind!.start()
    url = await server.createDatabase('copy')
    await server.sql('CREATE TABLE notes (id integer PRIMARY KEY, title text); INSERT INTO notes VALUES (1, $$x$$)', 'copy')
  })

  after(() => server.stop())

  const judged = (out: string): Document => JSON.parse(out) as Document

  test('on a copy that is named, and is left as it was', async (t) => {
    const app = project(t, { 'hidden.sql': HIDDEN, 'wrong.sql': 'DO $$ BEGIN PERFORM 1/0; END $$;\n' })
    const blind = await app.run(['lint', '--json', 'hidden.sql'])
    assert.deepEqual([blind.code, judged(blind.stdout).diagnostics.map(({ code }) => code)], [0, ['T017']])

    const seen = await app.run(['lint', '--json', '--observe', url, 'hidden.sql'])
    assert.equal(seen.code, 3, seen.stderr)
    const { diagnostics, statements } = judged(seen.stdout)
    assert.deepEqual(diagnostics.map(({ code, message }) => `${code} ${message}`), ['T018 On a copy a DO block rewrote public.notes under ACCESS EXCLUSIVE on table notes.'])
    assert.ok(statements[0]?.locks.some((lock) => lock.relation.name === 'made' && lock.isNew))
    assert.deepEqual(await server.sql("SELECT data_type, to_regclass('made') AS made FROM information_schema.columns WHERE table_name = 'notes' AND column_name = 'id'", 'copy'), [{ data_type: 'integer', made: null }])

    const wrong = await app.run(['lint', '--observe', url, 'wrong.sql'])
    assert.equal(wrong.code, 0)
    assert.match(wrong.stderr, /wrong\.sql: could not be observed: .*division by zero/)
    assert.match(wrong.stdout, /warning\[T017\]/)
  })

  test('on a scratch database that has the models, and is gone afterwards', async (t) => {
    const config = `import { trueup } from 'trueup'
import { postgres } from 'trueup/postgres'
import { fromSql } from 'trueup/models/sql'
export default trueup({ database: postgres(${JSON.stringify(url)}), models: fromSql('CREATE TABLE notes (id integer PRIMARY KEY, title text)'), migrations: [] })
`
    const app = project(t, { 'trueup.config.mjs': config, 'hidden.sql': HIDDEN })
    for (const words of [[url], ['database'], [url.replace('127.0.0.1', 'localhost')]]) {
      const own = await app.run(['lint', '--observe', ...words, 'hidden.sql'])
      assert.match(own.stderr, /error\[copy-refused\]: .* is the application's own database: .*Nothing was run/)
      assert.notEqual(own.code, 0)
    }
    const seen = await app.run(['lint', '--json', '--observe', 'scratch', 'hidden.sql'])
    assert.equal(seen.code, 3, seen.stderr)
    assert.deepEqual(judged(seen.stdout).diagnostics.map(({ code }) => code), ['T018'])
    assert.deepEqual(await server.sql("SELECT datname FROM pg_database WHERE datname LIKE 'trueup%'"), [])
  })
})
