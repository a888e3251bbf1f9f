import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type pg from 'pg'
import { diff } from '../../src/diff/diff.ts'
import { describe } from '../../src/operations/operation.ts'
import type { Schema } from '../../src/schema/schema.ts'
import type { CorpusTools } from '../cases/corpus.ts'
import { corpusFolder, corpusTools } from '../cases/corpus.ts'
import { execute, planAll } from '../cases/judge.ts'
import { readAll, Scratch, schemasOf } from '../cases/scratch.ts'
import { availableServers } from '../servers/postgres.ts'
import { proveSame } from './same.ts'

const folder = corpusFolder()
if (folder === null) console.log('The real history is not tested: there is no corpus at ../shared/cases, nor where TRUEUP_CASES says')

/** A point of the history, built from its dump. */
interface Point {
  readonly name: string
  readonly schema: Schema
  readonly catalogue: Map<string, string>
}

for (const kind of availableServers()) {
  test(`a real history, step by step, at once, and back, on ${kind.title}`, { skip: folder === null && 'there is no corpus' }, async () => {
    if (folder === null) return
    const server = await kind.start()
    const scratch = await Scratch.open(server.url().replace(/\/[^/]*$/, ''))
    try {
      const tools = await corpusTools(folder)
      const points: Point[] = []
      const history = join(folder, 'history-crates.io')
      for (const name of readdirSync(history).filter((file) => file.endsWith('.sql')).sort()) {
        const built = await build(scratch, `trueup_point_${process.pid}`, readFileSync(join(history, name), 'utf8'))
        points.push({ name, schema: await readSchema(built, scratch), catalogue: await tools.snapshot(built, { ignoreColumnOrder: true }) })
        if (name === '0284.sql' || name === '0011.sql') await proveSame(built, scratch, server.url, tools)
        await built.end()
      }
      assert.ok(points.length >= 28)
      const [first, last] = [points[0], points.at(-1)]
      assert.ok(first !== undefined && last !== undefined)
      const walker = await build(scratch, `trueup_walker_${process.pid}`, readFileSync(join(history, first.name), 'utf8'))
      // Each to the next, and back; then from the first to the last at once, and back.
      const way = [...points.slice(1), ...points.slice(0, -1).reverse(), last, first]
      for (const to of way) await go(walker, to, scratch, tools)
      await walker.end()
    } finally {
      await scratch.close()
      await server.stop()
    }
  })
}

const readSchema = async (client: pg.Client, scratch: Scratch): Promise<Schema> => readAll(client, scratch.version, await schemasOf(client))

async function build(scratch: Scratch, name: string, text: string): Promise<pg.Client> {
  const client = await scratch.database(name)
  await client.query(`SET check_function_bodies = off; ${text}`)
  await client.query('RESET ALL')
  return client
}

async function go(client: pg.Client, to: Point, scratch: Scratch, tools: CorpusTools): Promise<void> {
  const from = await readSchema(client, scratch)
  assert.equal(await execute(client, planAll(from, to.schema, scratch.version)), null, `to ${to.name}`)
  assert.deepEqual(diff(await readSchema(client, scratch), to.schema).map((operation) => describe(operation)), [], `a second plan to ${to.name}`)
  assert.deepEqual(tools.diffMaps(await tools.snapshot(client, { ignoreColumnOrder: true }), to.catalogue), [], `the catalogue at ${to.name}`)
}
