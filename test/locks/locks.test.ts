import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import type { Verdict } from '../../src/dialects/dialect.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import type { Operation } from '../../src/operations/operation.ts'
import { applyAll } from '../../src/operations/operation.ts'
import type { DdlStep } from '../../src/plan/ddl.ts'
import { planDdl } from '../../src/plan/ddl.ts'
import type { Kind, Schema } from '../../src/schema/schema.ts'
import { DIALECT, planAll } from '../cases/judge.ts'
import { Scratch, readAll } from '../cases/scratch.ts'
import { availableServers } from '../servers/postgres.ts'
import type { TestServer } from '../servers/postgres.ts'
import type { LockCase } from './case.ts'
import { CASES } from './cases.ts'
import { observe, relations, said } from './observe.ts'

interface Place {
  readonly server: TestServer
  readonly scratch: Scratch
  readonly client: pg.Client
  readonly watcher: pg.Client
  readonly other: pg.Client
}

type Verb = Operation['verb']

/** All that a plan does with each kind of object. Only what a differ or an entry can rename is renamed. */
const PLAYED: { readonly [K in Kind]: readonly Verb[] } = {
  namespace: ['create', 'alter', 'drop'], extension: ['create', 'alter', 'drop'], collation: ['create', 'alter', 'drop'], enum: ['create', 'alter', 'drop'], domain: ['create', 'alter', 'drop'],
  composite: ['create', 'alter', 'drop'], range: ['create', 'alter', 'drop'], sequence: ['create', 'alter', 'drop'], routine: ['create', 'alter', 'drop'], wrapper: ['create', 'alter', 'drop'],
  server: ['create', 'alter', 'drop'], userMapping: ['create', 'alter', 'drop'], table: ['create', 'alter', 'drop', 'rename'], view: ['create', 'alter', 'drop'], statistics: ['create', 'alter', 'drop'],
  eventTrigger: ['create', 'alter', 'drop'], publication: ['create', 'alter', 'drop'], subscription: ['create', 'alter', 'drop'], defaultPrivilege: ['create', 'alter', 'drop'],
  column: ['create', 'alter', 'drop', 'rename'], constraint: ['create', 'alter', 'drop', 'rename'], index: ['create', 'alter', 'drop', 'rename'], trigger: ['create', 'alter', 'drop'],
  rule: ['create', 'alter', 'drop'], policy: ['create', 'alter', 'drop'],
}

/** What a case may leave in a database beyond its schema. */
const EMPTY = `DROP SUBSCRIPTION IF EXISTS sub; DROP PUBLICATION IF EXISTS pub; DROP EVENT TRIGGER IF EXISTS watch; DROP FOREIGN DATA WRAPPER IF EXISTS w CASCADE; DROP EXTENSION IF EXISTS hstore CASCADE;
  DROP SCHEMA IF EXISTS other CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public`

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
    const played = new Set<string>()
    for (const one of Object.values(CASES).flat<readonly (readonly LockCase[])[]>().filter((item) => (item.since ?? 0) * 10_000 <= kind.major * 10_000)) {
      test(`${one.name}: what the plan says of locks, scans and rewrites is what the server does`, () => play(place, one, 'there', played))
      if (one.back !== false && one.rename === undefined) test(`${one.name}, back again`, () => play(place, one, 'back', played))
    }
    test('every verb was played on every kind', () => {
      const missing = Object.entries(PLAYED).flatMap(([of, verbs]) => verbs.map((verb) => `${verb} ${of}`)).filter((one) => !played.has(one))
      assert.deepEqual(missing, [])
    })
  })
}

async function play({ scratch, ...place }: Place, one: LockCase, way: 'there' | 'back', played: Set<string>): Promise<void> {
  const [before, after] = way === 'there' ? [one.from, one.to] : [one.to, one.from]
  const { client, other, watcher, server } = place
  for (const one of [client, other]) await one.query(EMPTY)
  await build(client, [one.common, before])
  if (one.rows !== undefined) await client.query(one.rows)
  await client.query('ANALYZE')
  await build(other, [one.common, after])
  const start = await read(client, scratch, one)
  const end = await read(other, scratch, one)
  const unasked = one.rename === undefined ? planAll(start, end, scratch.version) : planRename(start, one.rename, scratch.version)
  const plan = one.asks === true ? planAll(start, end, scratch.version, await verdictsOn(server, unasked)) : unasked
  assert.ok(plan.length > 0, 'the case asks for nothing')
  for (const { operation } of plan) played.add(`${operation.verb} ${operation.kind}`)
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

/** A subscription holds no transaction; the rest may travel together. */
async function build(client: pg.Client, texts: readonly (string | undefined)[]): Promise<void> {
  for (const text of texts) await client.query(text ?? '')
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

const read = (client: pg.Client, scratch: Scratch, one: LockCase): Promise<Schema> => readAll(client, scratch.version, ['public', 'other'], one.privileges === true)

function planRename(from: Schema, { kind, name, table }: NonNullable<LockCase['rename']>, version: number): readonly DdlStep[] {
  const operation = { verb: 'rename', kind, ref: { kind, schema: 'public', name, ...(table !== undefined && { table }) }, newName: 'another' } as Operation
  return planDdl({ from, to: applyAll(from, [operation]), operations: [operation], dialect: DIALECT, defaultSchema: 'public', version })
}
