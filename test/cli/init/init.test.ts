import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { InitReport } from '../../../src/cli/init/report.ts'
import type { Project } from '../project.ts'
import type { TestServer } from '../../servers/postgres.ts'
import { newestServer } from '../../servers/postgres.ts'
import { contents, documentOf, made } from './made.ts'
import { PROJECTS, URL as PLACEHOLDER } from './projects.ts'

let server: TestServer
before(async () => {
  const kind = newestServer()
  assert.ok(kind, 'a server to try the configurations on')
  server = await kind.start()
})
after(() => server.stop())

const filled = (texts: Readonly<Record<string, string>>, url: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text.replaceAll(PLACEHOLDER, url)]))

/** The tables that are there, but for our own. */
async function tablesIn(app: Project, database: string, dialect: 'postgres' | 'sqlite'): Promise<readonly string[]> {
  const names = dialect === 'postgres' ? (await server.sql(`SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`, database)).map((row) => String(row['name'])) : sqliteTables(app)
  return names.filter((name) => !name.startsWith('trueup_')).sort()
}

function sqliteTables(app: Project): readonly string[] {
  const file = ['local.db', 'there.db'].map((name) => join(app.folder, name)).find(existsSync)
  const handle = new (createRequire(import.meta.url)('libsql') as new (path: string) => { prepare(text: string): { raw(): { all(): unknown[][] } }; close(): void })(file ?? '')
  const rows = handle.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`).raw().all()
  handle.close()
  return rows.map(([name]) => String(name))
}

for (const one of PROJECTS) {
  test(`init: ${one.title}`, async (t) => {
    const url = await server.createDatabase()
    const database = new URL(url).pathname.slice(1)
    const app = made(t, one.packages, filled(one.files, url))
    const env = { ...filled(one.env ?? {}, url), ...(one.variable === null && { DB_HOST: server.host, DB_PORT: String(server.port), DB_NAME: database }) }
    const where = { ...(one.cwd !== undefined && { cwd: one.cwd }), env }
    const untouched = contents(app)
    const outcome = await app.run(['init', '--json', ...(one.words ?? [])], where)
    assert.equal(outcome.code, 0, outcome.stderr)
    const report = documentOf<InitReport>(outcome)
    assert.equal(report.config.file, join(app.folder, one.config))
    assert.deepEqual([report.models.kind, report.dialect, report.drivers[0]?.name, report.variable], [one.kind, one.dialect, one.driver, one.variable])
    for (const line of one.has) assert.ok(report.config.text.includes(line), `${line}\nis not in\n${report.config.text}`)
    assert.equal(report.entry.file, one.entry[0])
    assert.ok(report.entry.lines.some((line) => line.includes(one.entry[1])), report.entry.lines.join('\n'))
    assert.deepEqual(report.otherTools.map((tool) => `${tool.title}: ${tool.where}, ${tool.migrations}, ${tool.scripts.join()}`), one.tools ?? [])
    const written = contents(app)
    assert.equal(written[one.config], report.config.text)
    assert.deepEqual(Object.keys(written).filter((name) => written[name] !== untouched[name]), [one.config], 'nothing else was written')
    // What was seen on the way: an empty server, or a file that is not made by looking.
    if (one.dialect === 'postgres') assert.equal(report.look?.reached === true && report.look.check.inSync, one.tables.length === 0, JSON.stringify(report.look))
    else assert.match(report.look?.reached === false ? report.look.because : '', /there is no such file yet/)

    // What was written is a configuration like any other: it is applied, and then the models are in line.
    const applied = await app.run(['apply'], where)
    assert.equal(applied.code, 0, `${applied.stderr}\n${report.config.text}`)
    assert.deepEqual(await tablesIn(app, database, one.dialect), one.tables)
    const check = documentOf<{ readonly inSync: boolean; readonly drift: readonly unknown[] }>(await app.run(['check', '--json'], where))
    assert.deepEqual([check.inSync, check.drift], [true, []])
  })
}
