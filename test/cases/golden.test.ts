import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type pg from 'pg'
import { diff } from '../../src/diff/diff.ts'
import type { DdlStep } from '../../src/plan/ddl.ts'
import type { TestServer } from '../servers/postgres.ts'
import { startPostgres } from '../servers/postgres.ts'
import { execute, planAll } from './judge.ts'
import { Scratch, readAll } from './scratch.ts'

/** Each folder here holds `from.sql`, `to.sql` and the plan between them; `UPDATE=1` writes the plans anew. */
const CASES = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((kind) => kind.isDirectory())
  .flatMap((kind) => readdirSync(join(import.meta.dirname, kind.name)).map((name) => `${kind.name}/${name}`))
  .sort()

let server: TestServer
let scratch: Scratch

before(async () => {
  server = await startPostgres(14)
  scratch = await Scratch.open(server.url().replace(/\/[^/]*$/, ''))
})

after(async () => {
  await scratch?.close()
  await server?.stop()
})

for (const name of CASES) test(`${name} is planned as written, and leads to its target`, () => check(join(import.meta.dirname, name)))

async function check(folder: string): Promise<void> {
  const [from, to] = [await build(join(folder, 'from.sql'), 'golden_from'), await build(join(folder, 'to.sql'), 'golden_to')]
  try {
    const [start, target] = [await read(from), await read(to)]
    const plan = planAll(start, target, scratch.version)
    const text = print(plan)
    const file = join(folder, 'plan.sql')
    if (process.env['UPDATE'] === '1' || !existsSync(file)) writeFileSync(file, text)
    assert.equal(text, readFileSync(file, 'utf8'))
    assert.equal(await execute(from, plan), null)
    assert.deepEqual(diff(await read(from), target), [])
  } finally {
    await from.end()
    await to.end()
  }
}

async function build(file: string, name: string): Promise<pg.Client> {
  const client = await scratch.database(name)
  const sql = readFileSync(file, 'utf8').trim()
  if (sql !== '') await client.query(sql)
  return client
}

const read = (client: pg.Client) => readAll(client, scratch.version, ['public'], false)

function print(plan: readonly DdlStep[]): string {
  return plan
    .map(({ phase, step }) => {
      const facts = [step.class, ...(step.long ? ['long'] : []), ...(step.transaction ? [] : ['alone'])].join(', ')
      const locks = step.locks.map(({ relation, mode }) => `-- lock: ${relation.name} ${mode}`)
      const hazards = step.hazards.map((hazard) => `-- hazard: ${hazard.code}`)
      return [`-- ${phase}: ${step.title} (${facts})`, ...locks, ...hazards, ...step.statements.map((statement) => `${statement};`)].join('\n')
    })
    .join('\n\n')
    .concat('\n')
}
