import type { Progress } from '../api.ts'
import type { Database, RunRequest, RunResult, Session } from '../dialects/dialect.ts'
import type { HeldTableLock, RehearsedSize } from '../dialects/rehearsal.ts'
import { strengthOf } from '../dialects/facts.ts'
import type { SeenLock } from './follow.ts'
import { follow, lockKey } from './follow.ts'

/** One step while it is at work, and what is known of it afterwards. */
export interface Watched {
  readonly title: string
  readonly entry: string | null
  /** The number of its first step and of its last. */
  readonly first: number
  last: number
  began: number
  outcome: 'done' | 'failed'
  /** Milliseconds from its beginning to its end, with all that lies between. */
  elapsed: number
  /** Milliseconds in which its statements were at work; `null` for code, which works on its own. */
  worked: number | null
  /** Transactions that its statements took: of a walk, its batches. */
  batches: number
  rows: number
  readonly locks: Map<string, { readonly lock: HeldTableLock; readonly held: number }>
  before: readonly RehearsedSize[] | null
  after: readonly RehearsedSize[] | null
}

/** Sees what an executor does to a copy: each step's time, rows, locks, and the sizes around it. */
export class Watch {
  readonly steps: Watched[] = []
  /** Milliseconds that a transaction of the ledger's own took: what every step pays. */
  readonly overheads: number[] = []
  #current: Watched | null = null
  readonly #beside: Session | null

  /** @param beside - another session of the copy, which looks at the locks of the one at work */
  constructor(beside: Session | null) {
    this.#beside = beside
  }

  /** Hears where the executor is. */
  readonly hear = (progress: Progress): void => {
    if (progress.event === 'step') {
      const number = progress.step ?? this.steps.length + 1
      this.#current = {
        title: progress.title, entry: progress.entry ?? null, first: number, last: number, began: performance.now(), outcome: 'failed', elapsed: 0, worked: null, batches: 0, rows: 0,
        locks: new Map(), before: null, after: null,
      }
      this.steps.push(this.#current)
    } else if (progress.event === 'batch' && this.#current !== null) {
      // What a batch changes is counted inside the server.
      this.#current.rows = progress.rows ?? this.#current.rows
    } else if (progress.event === 'done' && this.#current !== null) {
      this.#current.outcome = 'done'
      this.#current.last = progress.step ?? this.#current.last
      this.stop()
    }
  }

  /** Ends what is still at work: it failed. */
  stop(): void {
    if (this.#current !== null) this.#current.elapsed = performance.now() - this.#current.began
    this.#current = null
  }

  /** The last sizes, after everything. */
  async end(session: Session, database: Database): Promise<void> {
    this.stop()
    const sizes = await sizesOf(session, database)
    for (const step of this.steps) step.after ??= sizes
  }

  /** The database through a dialect that tells what it runs. */
  over(database: Database): Database {
    return {
      dialect: { ...database.dialect, run: (session, request) => this.#run(database, session, request) },
      defaultSchema: database.defaultSchema, address: database.address,
      open: (options) => database.open(options), read: (options) => database.read(options), scratch: (work) => database.scratch(work),
      close: () => Promise.resolve(),
    }
  }

  async #run(database: Database, session: Session, request: RunRequest): Promise<RunResult> {
    const current = this.#current
    const began = performance.now()
    if (current === null || request.step.statements.length === 0) {
      const done = await database.dialect.run(session, request)
      this.overheads.push(performance.now() - began)
      return done
    }
    if (current.before === null) await this.#measure(database, session, current)
    return this.#watched(database, session, request, current)
  }

  /** Between two steps, so that what one left is what the next one finds. */
  async #measure(database: Database, session: Session, current: Watched): Promise<void> {
    const began = performance.now()
    current.before = await sizesOf(session, database)
    current.began += performance.now() - began
    for (const earlier of this.steps) if (earlier !== current) earlier.after ??= current.before
  }

  async #watched(database: Database, session: Session, request: RunRequest, current: Watched): Promise<RunResult> {
    const { locks } = database.dialect.rehearsal
    const noted = locks !== undefined && request.step.transaction
    const following = locks === undefined || this.#beside === null ? null : follow(this.#beside, locks.of(session.id))
    const began = performance.now()
    const done = await database.dialect.run(session, noted ? { ...request, note: locks.note } : request).catch(async (error: unknown) => {
      await following?.end()
      throw error
    })
    const ended = performance.now()
    const seen = (await following?.end()) ?? new Map<string, SeenLock>()
    current.worked = (current.worked ?? 0) + ended - began
    current.batches += 1
    current.rows += done.rows
    const atEnd = noted ? ((await session.json<readonly HeldTableLock[]>(locks.noted)) ?? []) : []
    for (const lock of atEnd) keep(current, lock, ended - (seen.get(lockKey(lock))?.first ?? began))
    // Without a transaction a lock goes when it is not needed any more.
    for (const { lock, first, last } of seen.values()) if (!noted) keep(current, lock, last - first)
    return done
  }
}

/** The strongest lock of a table counts, and the longest time. */
function keep(step: Watched, lock: HeldTableLock, held: number): void {
  const key = `${lock.schema}\u0000${lock.name}`
  const known = step.locks.get(key)
  if (known === undefined || strengthOf(lock.mode) > strengthOf(known.lock.mode)) step.locks.set(key, { lock, held })
  else if (known.lock.mode === lock.mode && held > known.held) step.locks.set(key, { lock, held })
}

/** Sizes of all tables, as the server tells them. */
export async function sizesOf(session: Session, database: Database): Promise<readonly RehearsedSize[]> {
  return (await session.json<readonly RehearsedSize[]>(database.dialect.rehearsal.sizes)) ?? []
}
