import assert from 'node:assert/strict'
import { test } from 'node:test'
import { availableServers } from '../servers/postgres.ts'
import { corpusFolder, corpusTools, readCases } from './corpus.ts'
import type { Verdict } from './judge.ts'
import { judge } from './judge.ts'
import { knownPair } from './known-pairs.ts'
import { Scratch } from './scratch.ts'

/** Every how many cases one is judged; `scripts/judge.mjs` judges all. */
const EVERY = Number(process.env['TRUEUP_CASES_EVERY'] ?? 60)
const WANTED = 0.97

const folder = corpusFolder()
if (folder === null) console.log('The schema cases are not tested: there is no corpus at ../shared/cases, nor where TRUEUP_CASES says')

for (const kind of availableServers()) {
  test(`pairs of a corpus on ${kind.title}`, { skip: folder === null && 'there is no corpus here' }, async () => {
    const server = await kind.start()
    const scratch = await Scratch.open(server.url().replace(/\/[^/]*$/, ''))
    try {
      const tools = await corpusTools(folder ?? '')
      const verdicts: Verdict[] = []
      for (const item of readCases(folder ?? '', 'postgresql', Math.floor(scratch.version / 10000)).filter((_, i) => i % EVERY === 0)) {
        verdicts.push(await judge(item, scratch, tools))
      }
      const judged = verdicts.filter((verdict) => verdict.result !== 'skipped')
      const failed = judged.filter((verdict) => verdict.result === 'fail')
      for (const verdict of failed) console.log(`${verdict.id} (${knownPair(verdict.id)}): ${verdict.reason}`)
      console.log(`${judged.length - failed.length} of ${judged.length} pairs pass on ${kind.title}; ${verdicts.length - judged.length} do not load there`)
      assert.ok(failed.length <= judged.length * (1 - WANTED) + 1)
    } finally {
      await scratch.close()
      await server.stop()
    }
  })
}
