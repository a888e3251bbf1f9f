// The application's load, as a process of its own: `node load.ts '<LoadJob as JSON>'`. Queries have intended start times, whatever
// became of those before them, so that no stall hides. A line on stdin ends it; then the samples are printed as one line of JSON.
import pg from 'pg'
import { PARENTS } from './database.ts'

export interface LoadJob {
  readonly url: string
  /** Queries a second. */
  readonly rate: number
  readonly clients: number
  readonly rows: number
}

/** One query: milliseconds since the epoch when it was due, how long until its answer, and the SQLSTATE of an error. */
export type Sample = readonly [due: number, latency: number, error: string | null]

const job: LoadJob = JSON.parse(process.argv[2] ?? '')
const samples: Sample[] = []
const now = (): number => performance.timeOrigin + performance.now()

interface Query {
  readonly name: string
  readonly text: string
  values(): readonly unknown[]
}

const any = (): number => 1 + Math.floor(Math.random() * job.rows)
let inserted = 1_000_000_000 + Math.floor(Math.random() * 1_000_000) * 100_000

/** 70 % reads by key, one in fifty of all columns; 25 % updates; 5 % inserts. */
function choose(): Query {
  const dice = Math.random()
  if (dice < 0.02) return { name: 'all', text: 'SELECT * FROM items WHERE id = $1', values: () => [any()] }
  if (dice < 0.1) return { name: 'parent', text: 'SELECT id, name FROM parents WHERE id = $1', values: () => [1 + Math.floor(Math.random() * PARENTS)] }
  if (dice < 0.7) return { name: 'read', text: 'SELECT id, parent_id, n, email FROM items WHERE id = $1', values: () => [any()] }
  if (dice < 0.95) return { name: 'update', text: 'UPDATE items SET n = n + 1 WHERE id = $1', values: () => [any()] }
  return { name: 'insert', text: "INSERT INTO items (id, parent_id, n, amount, email, note, filled) VALUES ($1, 1, 1, 1, 'new' || $1::bigint, 'new', 1)", values: () => [(inserted += 1)] }
}

interface Lane {
  readonly client: pg.Client
  /** Half of the clients prepare their statements. */
  readonly isPrepared: boolean
}

async function main(): Promise<void> {
  const free: Lane[] = []
  const waiting: number[] = []
  for (let i = 0; i < job.clients; i += 1) {
    const client = new pg.Client({ connectionString: job.url, application_name: 'load' })
    client.on('error', () => {})
    await client.connect()
    free.push({ client, isPrepared: i % 2 === 0 })
  }
  const serve = (): void => {
    while (free.length > 0 && waiting.length > 0) void ask(free.pop() as Lane, waiting.shift() as number)
  }
  async function ask(lane: Lane, due: number): Promise<void> {
    const query = choose()
    let error: string | null = null
    try {
      await lane.client.query({ text: query.text, values: [...query.values()], ...(lane.isPrepared && { name: query.name }) })
    } catch (reason) {
      error = reason instanceof pg.DatabaseError ? (reason.code ?? 'unknown') : 'connection'
    }
    samples.push([due, now() - due, error])
    free.unshift(lane)
    serve()
  }
  const state = { isOver: false }
  process.stdin.once('data', () => { state.isOver = true })
  process.stdout.write('ready\n')
  const gap = 1_000 / job.rate
  for (let due = now(); !state.isOver; ) {
    for (const until = now(); due <= until; due += gap) waiting.push(due)
    serve()
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  for (let tries = 0; tries < 300 && (waiting.length > 0 || free.length < job.clients); tries += 1) await new Promise((resolve) => setTimeout(resolve, 20))
  await new Promise<void>((resolve) => process.stdout.write(`${JSON.stringify(samples)}\n`, () => resolve()))
  process.exit(0)
}

await main()
