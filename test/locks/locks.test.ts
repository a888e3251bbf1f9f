import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import type { Verdict } from '../../src/dialects/dialect.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import type { DdlStep } from '../../src/plan/ddl.ts'
import type { Schema } from '../../src/schema/schema.ts'
import { planAll } from '../cases/judge.ts'
import { Scratch, readAll } from '../cases/scratch.ts'
import { availableServers } from '../servers/postgres.ts'
import type { TestServer } from '../servers/postgres.ts'
import type { LockCase } from './cases.ts'
import { CASES } from './cases.ts'
import { observe, relations, said } from './observe.ts'

interface Place {
  readonly server: TestServer
  readonly scratch: Scratch
  readonly client: pg.Client
  readonly watcher: pg.Client
  readonly other: pg.Client
}

/** What the plan says of each step is what the server does, there and back again. */
for (const kind of availableServers()) {
  describe(kind.title, { concurrency: false }, () => {
    let server: TestServer
    let place: Place
    before(async () => {
      server = await kind.start()
      const scratch = await Scratch.open(server.url().replace(/\/[^/]*$/, ''))
      const watcher = (await scratch.database('locks_start')) as pg.Client
      await watcher.end()
      const connect = async (name: string): Promise<pg.Client> => {
        const client = new pg.Client({ connectionString: server.url(name) })
        await client.connect()
        await client.query(`SET client_min_messages = error`)
        return client
      }
      place = { server, scratch, client: await connect('locks_start'), watcher: await connect('locks_start'), other: await scratch.database('locks_end') }
    })
    after(async () => {
      for (const client of [place?.client, place?.watcher, place?.other]) await client?.end()
      await place?.scratch.close()
      await server?.stop()
    })
    for (const one of CASES.filter((item) => (item.since ?? 0) * 10_000 <= kind.major * 10_000)) {
      test(`${one.name}: what the plan says of locks, scans and rewrites is what the server does`, () => play(place, one, 'there'))
      if (one.back !== false) test(`${one.name}, back again`, () => play(place, one, 'back'))
    }
  })
}

async function play({ scratch, ...place }: Place, one: LockCase, way: 'there' | 'back'): Promise<void> {
  const [before, after] = way === 'there' ? [one.from, one.to] : [one.to, one.from]
  const { client, other, watcher, server } = place
  for (const one of [client, other]) await one.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP PUBLICATION IF EXISTS pub')
  await client.query(`${one.common ?? ''};${before}`)
  if (one.rows !== undefined) await client.query(one.rows)
  await client.query('ANALYZE')
  await other.query(`${one.common ?? ''};${after}`)
  const [start, end] = [await read(client, scratch), await read(other, scratch)]
  const unasked = planAll(start, end, scratch.version)
  const plan = one.asks === true ? planAll(start, end, scratch.version, await verdictsOn(server, unasked)) : unasked
  assert.ok(plan.length > 0, 'the case asks for nothing')
  const there = await relations(client)
  const differences: string[] = []
  for (const { step } of plan) {
    // A batch is no statement of its own; how fills run is tested with the executor.
    if (step.fill !== undefined) {
      await client.query(`UPDATE "${step.fill.table.name}" SET ${step.fill.set} WHERE ${step.fill.where}`)
      continue
    }
    const now = await relations(client)
    const known = there.flatMap((relation) => now.filter((other) => other.oid === relation.oid))
    const expected = said(step, known)
    const observed = await observe(client, watcher, step, known)
    for (const fact of ['locks', 'rewrites', 'scans'] as const) {
      if (fact === 'scans' && (!step.transaction || one.scans === false)) continue
      const [mine, theirs] = [expected[fact].join(', '), observed[fact].join(', ')]
      if (mine !== theirs) differences.push(`${fact} of "${step.title}": the plan says [${mine}], the server did [${theirs}]\n    ${step.statements.join('\n    ')}`)
    }
  }
  assert.equal(differences.length, 0, differences.join('\n'))
}

async function verdictsOn(server: TestServer, plan: readonly DdlStep[]): Promise<readonly Verdict[]> {
  const database = postgres(server.url('locks_start'))
  const session = await database.open()
  try {
    return (await database.dialect.tryChanges?.(session, plan.flatMap(({ step }) => (step.trial === undefined ? [] : [step.trial])))) ?? []
  } finally {
    await session.release()
    await database.close()
  }
}

const read = (client: pg.Client, scratch: Scratch): Promise<Schema> => readAll(client, scratch.version, ['public'], false)
