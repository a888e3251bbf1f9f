import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import pg from 'pg'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { TrueupError, trueup } from '../../src/index.ts'
import type { Ended } from '../race/children.ts'
import { describeEnd, startChild } from '../race/children.ts'
import { availableServers } from '../servers/postgres.ts'
import type { TestServer } from '../servers/postgres.ts'
import type { Proxy } from '../servers/proxy.ts'
import { startProxy } from '../servers/proxy.ts'
import type { Recipe } from './recipes.ts'
import { ITEMS_SQL, RECIPES, olderOf, startRecipe } from './recipes.ts'

/** Kills in all, over all servers: `KILLS=1000 node scripts/test.mjs crash/matrix`, or `npm run kill -- 1000`. */
const KILLS = Number(process.env['KILLS'] ?? 32)
/** The same number plays the same kills again. */
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
/** Only the kills of recipes whose title holds this text are played: for one that failed. */
const ONLY = process.env['RECIPE']
const ROWS = KILLS > 200 ? 5_000 : 1_000

/** What dies. `client`: the process, by kill -9. `backend`: its session on the server. `server`: the whole server, which recovers from its log. `cut`: the connection. */
const KINDS = ['client', 'backend', 'cut', 'server'] as const
type Kind = (typeof KINDS)[number]

/** `before` and `after` the server sees a message, some milliseconds `into` the work on it, or `inside` an index build that waits for a snapshot. */
type When = 'before' | 'after' | 'into' | 'inside'

interface Kill {
  readonly recipe: string
  readonly kind: Kind
  readonly when: When
  /** The message of the start. */
  readonly turn: number
  /** Milliseconds. */
  readonly delay: number
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** A small generator of random numbers in [0, 1), so that a seed tells the whole story (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

interface Played {
  readonly recipe: Recipe
  readonly template: string
  /** What an undisturbed start leads to. */
  readonly expected: string
  /** Messages of an undisturbed start. */
  readonly turns: number
}

/** All that must be the same, however often a start died: the schema, the rows, what the ledger says of entries. */
async function portrait(server: TestServer, name: string, recipe: Recipe): Promise<string> {
  const one = async (statement: string): Promise<readonly string[]> => (await server.sql(statement, name)).map((row) => JSON.stringify(row))
  return [
    await one("SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull, pg_get_expr(d.adbin, d.adrelid) AS value FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1, 2"),
    await one("SELECT i.indexrelid::regclass::text AS name, i.indisvalid, i.indisready, pg_get_indexdef(i.indexrelid) AS def FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1"),
    await one("SELECT conname, pg_get_constraintdef(oid) AS def, convalidated FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"),
    await one("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"),
    await one("SELECT enumlabel FROM pg_enum ORDER BY enumtypid, enumsortorder"),
    await one(`SELECT count(*) AS items FROM ${ITEMS_SQL}`),
    await one("SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'"),
    await one(recipe.rows === undefined ? `SELECT count(*)::integer AS n, md5(string_agg(t::text, ',' ORDER BY t.id)) AS rows FROM ${ITEMS_SQL} t` : `SELECT (${recipe.rows})::text AS rows`),
    await one('SELECT what FROM audit ORDER BY what'),
    await one('SELECT id, state FROM trueup_entries ORDER BY id'),
    await one("SELECT outcome FROM trueup_runs WHERE outcome = 'running'"),
  ].map((lines) => lines.join('\n')).join('\n\n')
}

/** The lines that only one of two portraits has: a whole portrait would hide them. */
function differences(expected: string, actual: string): string {
  if (expected === actual) return ''
  const [before, after] = [expected.split('\n'), actual.split('\n')]
  return [...before.filter((line) => !after.includes(line)).map((line) => `- ${line.trim()}`), ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line.trim()}`)].join('\n')
}

async function startHere(url: string, recipe: Recipe): Promise<string> {
  const app = trueup({ database: postgres(url), models: recipe.models, migrations: recipe.migrations ?? [], ...(recipe.allow !== undefined && { allow: recipe.allow }), logger: false, longSteps: 'wait', connectTimeout: 20_000 })
  try {
    return (await startRecipe(app, recipe)).outcome
  } finally {
    await app.close()
  }
}

const databaseOf = (url: string): string => new URL(url).pathname.slice(1)

/** Waits until nobody is connected to a database any more: what was told to the server before its client died may still be at work. */
async function quietened(server: TestServer, name: string): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const rows = await server.sql(`SELECT count(*)::integer AS n FROM pg_stat_activity WHERE datname = '${name}'`).catch(() => [{ n: -1 }])
    if (rows[0]?.['n'] === 0) return
    await pause(25)
  }
  throw new Error(`somebody is still connected to ${name}`)
}

async function strike(server: TestServer, name: string, kind: Kind, child: { kill(): void } | null, proxy: Proxy): Promise<void> {
  if (kind === 'client') child?.kill()
  else if (kind === 'cut') proxy.cut()
  else if (kind === 'backend') await server.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND application_name = 'trueup'`)
  else {
    const [row] = await server.sql(`SELECT pid FROM pg_stat_activity WHERE datname = '${name}' AND application_name = 'trueup'`)
    // One backend that dies by a signal makes the server throw all others out and recover.
    if (row !== undefined) process.kill(Number(row['pid']), 'SIGKILL')
  }
}

/** Plays one kill. False when the start was over before it. */
async function play(server: TestServer, proxy: Proxy, played: Played, kill: Kill, number: number): Promise<boolean> {
  const name = `kill_${number}`
  const url = await server.copyDatabase(played.template, name)
  const what = `${kill.kind} ${kill.when} message ${kill.turn} (+${kill.delay} ms) of ${kill.recipe}; SEED=${SEED}`
  let struck: Promise<void> | null = null
  let process_: Awaited<ReturnType<typeof startChild>> | null = null
  const act = (): Promise<void> => (struck ??= strike(server, name, kill.kind, process_, proxy))
  const holder = kill.when === 'inside' ? new pg.Client({ connectionString: server.url(name) }) : null
  holder?.on('error', () => {})
  if (holder !== null) {
    await holder.connect()
    await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM audit')
  }
  if (kill.kind === 'client') {
    process_ = await startChild({ url: proxy.url(url), dialect: 'postgres', work: { rows: 0, batch: 0, sleep: 0 }, recipe: kill.recipe, options: { ...(played.recipe.allow !== undefined && { allow: played.recipe.allow }), connectTimeout: 20_000 } })
    await process_.ready
  }
  if (kill.when === 'before') proxy.strikeAt(kill.turn, 'before', act)
  if (kill.when === 'after') proxy.strikeAt(kill.turn, 'after', act)
  if (kill.when === 'into') proxy.strikeAt(kill.turn, 'after', () => void pause(kill.delay).then(act))
  let isOver = false
  const watching = holder === null ? null : strikeInside(server, name, act, () => isOver)
  process_?.go()
  const ended: Ended | unknown = await (process_ === null ? startHere(proxy.url(url), played.recipe).then((outcome) => outcome, (error: unknown) => error) : process_.ended)
  isOver = true
  await watching
  await holder?.end().catch(() => {})
  // A strike that is late finds nobody; it must not meet the next start.
  if (kill.when === 'into') await pause(kill.delay)
  await struck
  proxy.strikeAt(Number.MAX_SAFE_INTEGER, 'before', () => {})
  if (kill.kind === 'client') {
    const end = ended as Ended
    if (end.signal === null) assert.equal(end.code, 0, `${what}: ${describeEnd(end)}`)
  } else if (typeof ended !== 'string') {
    assert.ok(ended instanceof TrueupError && ['connection-lost', 'connection-failed'].includes(ended.code), `${what}: ${ended instanceof Error ? (ended.stack ?? '') : String(ended)}`)
  }
  if (kill.kind === 'server') await quietened(server, name)
  const outcome = await startHere(url, played.recipe).catch((error: unknown) => assert.fail(`${what}, the next start: ${error instanceof Error ? (error.stack ?? '') : String(error)}`))
  assert.ok(['applied', 'current'].includes(outcome), what)
  if ((await portrait(server, name, played.recipe)) !== played.expected) {
    await quietened(server, name)
    await startHere(url, played.recipe)
  }
  const apart = differences(played.expected, await portrait(server, name, played.recipe))
  assert.equal(apart, '', `${what}:\n${apart}`)
  await server.sql(`DROP DATABASE ${name} WITH (FORCE)`)
  return struck !== null
}

/** Strikes while an index build waits for the snapshot that is held. */
async function strikeInside(server: TestServer, name: string, act: () => Promise<void>, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const rows = await server.sql(`SELECT count(*)::integer AS n FROM pg_stat_progress_create_index WHERE datname = '${name}' AND phase LIKE 'waiting for%snapshots'`)
    if (Number(rows[0]?.['n']) > 0) return act()
    await pause(5)
  }
}

async function prepare(server: TestServer, proxy: Proxy, title: string, recipe: Recipe, number: number): Promise<Played> {
  const template = `template_${number}`
  const url = await server.createDatabase(template)
  const { models, statement } = olderOf(recipe, ROWS)
  const older = trueup({ database: postgres(url), models, logger: false, build: 'older' })
  await older.applyMigrations()
  await older.close()
  await server.sql(statement, template)
  const whole = await server.copyDatabase(template, `whole_${number}`)
  const before = proxy.turns()
  assert.equal(await startHere(proxy.url(whole), recipe), 'applied', title)
  const turns = proxy.turns() - before
  assert.equal(await startHere(whole, recipe), 'current', title)
  return { recipe, template, turns, expected: await portrait(server, databaseOf(whole), recipe) }
}

/** So many kills, each recipe and each kind as often as any other, at messages and moments that the seed chooses. */
function choose(prepared: ReadonlyMap<string, Played>, count: number, random: () => number): readonly Kill[] {
  const titles = [...prepared.keys()]
  return Array.from({ length: count }, (_, number): Kill => {
    const recipe = titles[number % titles.length] as string
    const { turns, recipe: { isConcurrent } } = prepared.get(recipe) as Played
    const round = Math.floor(number / titles.length)
    // A server needs a second or two to recover: it dies less often.
    const kind = KINDS[[0, 1, 2, 0, 1, 3, 2, 0][(round + number) % 8] as number] as Kind
    const moments: readonly When[] = isConcurrent === true ? ['before', 'after', 'into', 'inside'] : ['before', 'after', 'into']
    // The first message after connecting is the second one.
    return { recipe, kind, when: moments[Math.floor(random() * moments.length)] as When, turn: 2 + Math.floor(random() * (turns - 1)), delay: Math.floor(random() * 40) }
  })
}

const kinds = availableServers().filter((kind) => kind.major > 0)
for (const [place, kind] of kinds.entries()) {
  describe(`${kind.title}: every recipe, killed at any message`, { concurrency: false }, () => {
    const started = kind.start()
    after(async () => (await started).stop())
    const share = Math.floor(KILLS / kinds.length) + (place < KILLS % kinds.length ? 1 : 0)

    test(`${share} kills`, async () => {
      const server = await started
      const proxy = await startProxy(server)
      const prepared = new Map<string, Played>()
      // A few kills play half of the recipes on each server, another half by the next seed; many play all of them on both.
      const mine = Object.entries(RECIPES).filter(([title], at) => KILLS > 200 || (ONLY === undefined ? (at + place + SEED) % kinds.length === 0 : title.includes(ONLY)))
      for (const [number, [title, recipe]] of mine.entries()) prepared.set(title, await prepare(server, proxy, title, recipe, number))
      const hit = new Map<string, number>()
      let missed = 0
      const kills = choose(prepared, share, randomOf(SEED + place)).filter((kill) => ONLY === undefined || kill.recipe.includes(ONLY))
      for (const [number, kill] of kills.entries()) {
        if (await play(server, proxy, prepared.get(kill.recipe) as Played, kill, number)) hit.set(kill.kind, (hit.get(kill.kind) ?? 0) + 1)
        else missed += 1
        if (KILLS > 200 && number % 50 === 49) console.log(`${kind.title}: ${number + 1} of ${share}`)
      }
      await proxy.close()
      const total = [...hit.values()].reduce((sum, count) => sum + count, 0)
      console.log(`${kind.title}: ${total} kills over ${prepared.size} recipes (${[...hit].map(([what, count]) => `${count} ${what}`).join(', ')}), ${missed} came too late; SEED=${SEED}`)
      assert.ok(total >= kills.length * 0.7, `${missed} of ${kills.length} kills came too late`)
    })
  })
}
