import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type pg from 'pg'
import { diff } from '../../src/diff/diff.ts'
import type { DdlStep } from '../../src/plan/ddl.ts'
import type { Schema } from '../../src/schema/schema.ts'
import type { TestServer } from '../servers/postgres.ts'
import { startPostgres } from '../servers/postgres.ts'
import { execute, planAll } from './judge.ts'
import { Scratch, readAll } from './scratch.ts'

/**
 * Each folder here holds `from.sql`, `to.sql` and the plan between them; `UPDATE=1` writes the plans anew. A first line of `to.sql`
 * may say what the case needs: `-- needs PostgreSQL 18`, `-- reads privileges`, `-- reads schemas public, shop`.
 */
const CASES = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((kind) => kind.isDirectory() && kind.name !== 'pairs')
  .flatMap((kind) => readdirSync(join(import.meta.dirname, kind.name)).map((name) => `${kind.name}/${name}`))
  .sort()
const OLDEST = 14

/** By major version: what a case uses need not be there in the oldest. */
const running = new Map<number, { readonly server: TestServer; readonly scratch: Scratch }>()

before(async () => {
  for (const major of new Set([OLDEST, ...CASES.map((name) => needsOf(name).major)])) {
    const server = await startPostgres(major)
    running.set(major, { server, scratch: await Scratch.open(server.url().replace(/\/[^/]*$/, '')) })
  }
})

after(async () => {
  for (const { server, scratch } of running.values()) {
    await scratch.close()
    await server.stop()
  }
})

for (const name of CASES) test(`${name} is planned as written, leads to its target, and back`, () => check(name))

interface Needs {
  readonly major: number
  readonly schemas: readonly string[]
  readonly privileges: boolean
}

function needsOf(name: string): Needs {
  const [first = ''] = readFileSync(join(import.meta.dirname, name, 'to.sql'), 'utf8').split('\n')
  const words = first.startsWith('-- ') ? first : ''
  return {
    major: Number(/needs PostgreSQL (\d+)/.exec(words)?.[1] ?? OLDEST), schemas: /reads schemas ([\w, ]+)/.exec(words)?.[1]?.split(', ') ?? ['public'],
    privileges: words.includes('reads privileges'),
  }
}

async function check(name: string): Promise<void> {
  const folder = join(import.meta.dirname, name)
  const needs = needsOf(name)
  const { scratch } = running.get(needs.major) as { readonly scratch: Scratch }
  await scratch.role('reader')
  const build = async (file: string, database: string): Promise<pg.Client> => {
    const client = await scratch.emptied(database)
    const sql = readFileSync(join(folder, file), 'utf8').trim()
    if (sql !== '') await client.query(sql)
    return client
  }
  const read = (client: pg.Client): Promise<Schema> => readAll(client, scratch.version, needs.schemas, needs.privileges)
  const [from, to] = [await build('from.sql', 'golden_from'), await build('to.sql', 'golden_to')]
  const [start, target] = [await read(from), await read(to)]
  const plan = planAll(start, target, scratch.version)
  const text = print(plan)
  const file = join(folder, 'plan.sql')
  if (process.env['UPDATE'] === '1' || !existsSync(file)) writeFileSync(file, text)
  assert.equal(text, readFileSync(file, 'utf8'))
  assert.equal(print(planAll(structuredClone(start), structuredClone(target), scratch.version)), text, 'the same input gives the same bytes')
  assert.equal(await execute(from, plan), null)
  const reached = await read(from)
  assert.deepEqual(diff(reached, target), [])
  // And back, on the very database that the plan has led to the target.
  const back = planAll(reached, start, scratch.version)
  assert.equal(print(planAll(structuredClone(reached), structuredClone(start), scratch.version)), print(back), 'back, too')
  assert.equal(await execute(from, back), null)
  assert.deepEqual(diff(await read(from), start), [])
}

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
