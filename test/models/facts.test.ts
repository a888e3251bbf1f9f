import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { FACTS, factsPage, outcomes, SOURCES } from './facts.ts'

test('the page of what each source can say is current', async () => {
  const page = readFileSync(new URL('../../docs/reference/models/facts.md', import.meta.url), 'utf8')
  assert.equal(page, await factsPage(), 'run node --import tsx scripts/facts.mjs')
})

for (const [title, source] of Object.entries(SOURCES)) {
  test(`${title}: what it is said to have no words for is not read`, async () => {
    assert.deepEqual(source.impossible.filter((fact) => FACTS[fact] === undefined), [], 'known facts')
    const found = await outcomes(source)
    assert.deepEqual(source.impossible.filter((fact) => found[fact] !== 'impossible'), [])
    for (const refused of Object.values(source.refused ?? {})) await assert.rejects(async () => refused.declare({ dialect: 'postgres', defaultSchema: 'public' }), { code: 'models-invalid' })
  })
}
