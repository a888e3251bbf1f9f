import assert from 'node:assert/strict'
import { test } from 'node:test'
import { availableServers } from '../servers/postgres.ts'
import { corpusFolder, corpusTools } from './corpus.ts'
import { judge } from './judge.ts'
import { OWN_TOOLS, readPairs } from './pairs.ts'
import { Scratch } from './scratch.ts'

const folder = corpusFolder()
if (folder === null) console.log('The pairs are compared by our own reading alone: there is no corpus with a second one at ../shared/cases, nor where TRUEUP_CASES says')

/** Which pairs: `TRUEUP_PAIRS=trigger` judges those whose name holds that. */
const WANTED = new RegExp(process.env['TRUEUP_PAIRS'] ?? '')

test('pairs of every kind lead there and back', async () => {
  // The servers work side by side.
  const failures = await Promise.all(availableServers().map(async (kind) => {
    const server = await kind.start({ settings: { wal_level: 'logical' } })
    const scratch = await Scratch.open(server.url().replace(/\/[^/]*$/, ''))
    try {
      const tools = folder === null ? OWN_TOOLS : await corpusTools(folder)
      const major = Math.floor(scratch.version / 10000)
      const found: string[] = []
      for (const pair of readPairs().filter(({ id, since, until }) => since <= major && major <= until && WANTED.test(id))) {
        const verdict = await judge(pair, scratch, tools)
        if (verdict.result !== 'pass') found.push(`${kind.title}: ${pair.id}: ${verdict.result}: ${verdict.reason ?? ''}`)
      }
      return found
    } finally {
      await scratch.close()
      await server.stop()
    }
  }))
  assert.deepEqual(failures.flat(), [])
})
