import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { splitStatements } from '../../src/dialects/postgres/text/split.ts'
import { corpusFolder, corpusTools, readCases } from '../cases/corpus.ts'
import { load } from '../cases/judge.ts'
import { Scratch } from '../cases/scratch.ts'
import type { TestServer } from '../servers/postgres.ts'
import { availableServers } from '../servers/postgres.ts'
import { dumpMissing } from './dump.ts'
import { proveSame } from './same.ts'

const SCHEMAS = join(import.meta.dirname, 'schemas')
const folder = corpusFolder()
const tools = folder === null ? null : await corpusTools(folder)
if (folder === null) console.log('Whole schemas of the corpus are not tested, and catalogues are not compared: there is no corpus at ../shared/cases, nor where TRUEUP_CASES says')

for (const kind of availableServers()) describe(`read, render, load, read on ${kind.title}`, () => {
  let server: TestServer
  let scratch: Scratch

  before(async () => {
    server = await kind.start()
    scratch = await Scratch.open(server.url().replace(/\/[^/]*$/, ''))
    const missing = dumpMissing(scratch.version)
    if (missing !== null) console.log(`${kind.title}: dumps are not compared, because ${missing}`)
  })
  after(async () => {
    await scratch.close()
    await server.stop()
  })

  for (const file of readdirSync(SCHEMAS).sort()) {
    test(`our own ${file}`, async () => {
      const original = await scratch.database(`trueup_same_${process.pid}`)
      try {
        for (const statement of splitStatements(readFileSync(join(SCHEMAS, file), 'utf8'))) await original.query(statement.text)
        await proveSame(original, scratch, server.url, tools)
      } finally {
        await original.end()
      }
    })
  }

  test('whole schemas of the corpus', { skip: folder === null && 'there is no corpus' }, async (t) => {
    if (folder === null || tools === null) return
    const cases = readCases(folder, 'postgresql', kind.major).filter((item) => item.tags?.includes('whole-schema') === true)
    for (const item of cases) await t.test(item.id, async (t) => {
      await scratch.dropRoles()
      const original = await scratch.database(`trueup_same_${process.pid}`)
      try {
        const refused = await load(original, item, item.new_sql, scratch, tools)
        if (refused !== null) return t.skip(`does not load on this server: ${refused}`)
        await proveSame(original, scratch, server.url, tools)
      } finally {
        await original.end()
      }
    })
  })
})
