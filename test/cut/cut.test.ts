import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { TrueupError } from '../../src/index.ts'
import { describeEnd, runChild } from '../race/children.ts'
import type { TestServer } from '../servers/postgres.ts'
import { availableServers } from '../servers/postgres.ts'
import { startProxy } from '../servers/proxy.ts'
import { WORK, olderDatabases, portrait, startAt } from './play.ts'

/** A start that takes longer than this after its connection was cut hangs. */
const HANGS_AFTER = 30_000

/** `CUTS=all` cuts at every message on every version; otherwise at some, from a random first one. */
const ALL = process.env['CUTS'] === 'all'
const EVERY_NEWEST = 12
const EVERY_OLDER = 20

async function inTime<T>(work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} hangs`)), HANGS_AFTER)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

const kinds = availableServers()
for (const kind of kinds) {
  describe(`${kind.title}: the connection is cut`, { concurrency: false }, () => {
    const started = kind.start()
    after(async () => (await started).stop())
    const step = ALL ? 1 : kind === kinds.at(-1) ? EVERY_NEWEST : EVERY_OLDER

    for (const when of ['before', 'after'] as const) {
      test(`${when} the server sees the n-th message`, async () => {
        const server = await started
        const another = await olderDatabases(server)
        const whole = await another()
        assert.equal(await startAt(whole), 'applied')
        const expected = await portrait(server, whole)
        const proxy = await startProxy(server)
        const codes = new Map<string, number>()
        let cuts = 0
        try {
          for (let turn = 1 + Math.floor(Math.random() * step); ; turn += step) {
            const url = await another()
            const before = proxy.turns()
            proxy.cutAt(turn, when)
            const ended = await inTime(startAt(proxy.url(url)).then(() => null, (error: unknown) => error), `a start that is cut ${when} message ${turn}`)
            const reached = proxy.turns() - before >= turn
            if (ended !== null) {
              assert.ok(ended instanceof TrueupError, `cut ${when} message ${turn}: ${ended instanceof Error ? ended.stack : String(ended)}`)
              assert.ok(['connection-lost', 'connection-failed'].includes(ended.code), `cut ${when} message ${turn}: ${ended.code}: ${ended.message}`)
              codes.set(ended.code, (codes.get(ended.code) ?? 0) + 1)
              cuts += 1
            }
            assert.ok(['applied', 'current'].includes(await startAt(url)), `after a cut ${when} message ${turn}`)
            // What the server was told before the cut may still be on its way, and hold the lock: the start after that closes the run.
            if ((await portrait(server, url)) !== expected) await settle(server, url)
            assert.equal(await portrait(server, url), expected, `after a cut ${when} message ${turn}`)
            if (!reached) break
          }
        } finally {
          await proxy.close()
        }
        assert.ok(cuts > 3)
        console.log(`${server.title}: ${cuts} starts cut ${when} a message: ${[...codes].map(([code, count]) => `${count} ${code}`).join(', ')}`)
      })
    }

    test('a process whose connection is cut exits with 1 and tells why, and nothing is left unhandled', async () => {
      const server = await started
      const another = await olderDatabases(server)
      const proxy = await startProxy(server)
      try {
        for (const turn of [2, 7, 13]) {
          const url = await another()
          proxy.cutAt(turn, turn % 2 === 0 ? 'before' : 'after')
          const end = await runChild({ url: proxy.url(url), dialect: 'postgres', work: WORK, options: { connectTimeout: 2_000 } })
          assert.equal(end.code, 1, describeEnd(end))
          assert.ok(end.told?.ok === false && ['connection-lost', 'connection-failed'].includes(end.told.code), describeEnd(end))
          assert.doesNotMatch(end.log, /UNHANDLED|HANGS/)
        }
      } finally {
        await proxy.close()
      }
    })
  })
}

async function settle(server: TestServer, url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1)
  for (let tries = 0; tries < 100; tries += 1) {
    const [row] = await server.sql(`SELECT count(*)::integer AS n FROM pg_stat_activity WHERE datname = '${name}'`)
    if (row?.['n'] === 0) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  assert.equal(await startAt(url), 'current')
}
