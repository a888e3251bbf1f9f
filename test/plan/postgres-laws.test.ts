import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type pg from 'pg'
import { diff } from '../../src/diff/diff.ts'
import { describe } from '../../src/operations/operation.ts'
import type { Schema } from '../../src/schema/schema.ts'
import { makeSchema } from '../../src/schema/schema.ts'
import { execute, planAll } from '../cases/judge.ts'
import { Scratch, readAll } from '../cases/scratch.ts'
import { schemas } from '../diff/arbitrary.ts'
import { availableServers } from '../servers/postgres.ts'

const RUNS = Number(process.env['TRUEUP_PAIRS'] ?? 12)

for (const kind of availableServers()) {
  test(`any schema becomes any other on ${kind.title}, and back`, async () => {
    const server = await kind.start()
    const scratch = await Scratch.open(server.url().replace(/\/[^/]*$/, ''))
    try {
      await fc.assert(fc.asyncProperty(schemas, schemas, (a, b) => becomes(scratch, a, b)), { numRuns: RUNS, endOnFailure: true })
    } finally {
      await scratch.close()
      await server.stop()
    }
  })
}

async function becomes(scratch: Scratch, a: Schema, b: Schema): Promise<void> {
  const [from, to] = [await build(scratch, 'law_from', a), await build(scratch, 'law_to', b)]
  try {
    const [start, target] = [await read(scratch, from), await read(scratch, to)]
    await change(scratch, from, start, target)
    await change(scratch, from, target, start)
  } finally {
    await from.end()
    await to.end()
  }
}

async function build(scratch: Scratch, name: string, schema: Schema): Promise<pg.Client> {
  const client = await scratch.database(name)
  const empty = makeSchema({ namespace: [{ name: 'public' }] })
  const failed = await execute(client, planAll(empty, schema, scratch.version))
  assert.equal(failed, null)
  return client
}

async function change(scratch: Scratch, client: pg.Client, from: Schema, to: Schema): Promise<void> {
  const plan = planAll(from, to, scratch.version)
  const sent = plan.flatMap(({ step }) => step.statements).join(';\n')
  assert.equal(await execute(client, plan), null, sent)
  const left = diff(await read(scratch, client), to)
  assert.deepEqual(left.map((operation) => describe(operation)), [], sent)
  assert.deepEqual(planAll(from, to, scratch.version), plan, 'the same input gives the same plan')
}

const read = (scratch: Scratch, client: pg.Client): Promise<Schema> => readAll(client, scratch.version, ['public'], false)
