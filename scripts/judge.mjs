// Judges trueup on the PostgreSQL pairs of a corpus: node --import tsx scripts/judge.mjs [--server URL] [--ids REGEX] [--source NAME] [--plans] [--out FILE]
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { corpusFolder, corpusTools, readCases } from '../test/cases/corpus.ts'
import { judge } from '../test/cases/judge.ts'
import { knownPair } from '../test/cases/known-pairs.ts'
import { Scratch } from '../test/cases/scratch.ts'

const { values } = parseArgs({
  options: {
    server: { type: 'string' }, ids: { type: 'string' }, source: { type: 'string' }, plans: { type: 'boolean' }, out: { type: 'string' }, every: { type: 'string' },
  },
})
const folder = corpusFolder()
if (folder === null) {
  console.log('There is no corpus of schema cases: put it beside the repository as shared/cases, or set TRUEUP_CASES.')
  process.exit(0)
}
const started = values.server === undefined ? await (await import('../test/servers/postgres.ts')).newestServer()?.start() : undefined
const url = values.server ?? started.url().replace(/\/[^/]*$/, '')
const scratch = await Scratch.open(url)
const tools = await corpusTools(folder)
const major = Math.floor(scratch.version / 10000)
const cases = readCases(folder, 'postgresql', major).filter(
  (item, i) =>
    (values.ids === undefined || new RegExp(values.ids).test(item.id)) && (values.source === undefined || item.source === values.source) && i % Number(values.every ?? 1) === 0,
)
const verdicts = []
for (const item of cases) {
  const verdict = await judge(item, scratch, tools)
  verdicts.push(verdict)
  if (verdict.result === 'skipped') console.log(`${verdict.id} does not load: ${verdict.reason}`)
  if (verdict.result === 'fail') {
    console.log(`${verdict.id} (${knownPair(verdict.id)})\n    ${verdict.reason}`)
    if (values.plans) console.log(verdict.plan?.map((line) => `      ${line}`).join('\n'))
  }
}
if (values.out) writeFileSync(values.out, verdicts.map((verdict) => JSON.stringify(verdict)).join('\n'))
for (const source of [...new Set(verdicts.map((verdict) => verdict.source))].sort()) report(source, verdicts.filter((verdict) => verdict.source === source))
report('all', verdicts)
await scratch.close()
await started?.stop()

function report(name, list) {
  const count = (result) => list.filter((verdict) => verdict.result === result).length
  const judged = list.length - count('skipped')
  const rate = judged === 0 ? '' : ` ${((100 * count('pass')) / judged).toFixed(1)} %`
  console.log(`${name}: ${count('pass')} of ${judged} pass${rate}, ${count('skipped')} do not load on PostgreSQL ${major}`)
}
