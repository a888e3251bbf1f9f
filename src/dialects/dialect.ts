import type { Operation, AlterOperation, CreateOperation, DropOperation, RenameOperation } from '../operations/operation.ts'
import type { Column, ForeignKey, Kind, Named, ObjectRef, Schema, Table } from '../schema/schema.ts'
import type { SqlWriter } from '../sql.ts'
import type { Approach, ApproachRequest, Figures, Obstacle } from './approach.ts'
import type { BackfillStyle, ReplicaLag } from './backfill.ts'
import type { Sample, Session } from './session.ts'
import type { Step, TableSize, Trial, Verdict } from './step.ts'

export type { Answered, AskOptions, Row, Sample, Session, TransactionOptions } from './session.ts'
export { STEP_CLASSES } from './step.ts'
export type { Fill, Hazard, Step, StepClass, StepWork, TableLock, TableSize, Trial, Verdict, WorkKind } from './step.ts'
export type { Approach, ApproachRequest, Blocker, Figures, Obstacle } from './approach.ts'
export type { BackfillRequest, BackfillStyle, Batch, BatchDone, Batches, Key, ReplicaLag } from './backfill.ts'
export type { OnlineStyle, Pair, PairContext, PairPlan, PairRequest, Quiet } from './online.ts'
import type { OnlineStyle } from './online.ts'
import type { RehearsalStyle } from './rehearsal.ts'

/**
 * The port: all that the stages know of a database. A dialect is one folder that implements it; nothing outside that folder
 * names the dialect.
 */
export interface Dialect {
  /** One lower-case word. */
  readonly name: string
  /** For readers: `PostgreSQL`, `SQLite`. */
  readonly title: string
  readonly capabilities: Capabilities
  readonly writer: SqlWriter
  /** A value as a DEFAULT of a column of this type. */
  defaultLiteral(value: unknown, type: string): string
  readonly renderers: Renderers
  /** False when an object must be dropped and created again to become `to`. */
  alterable(operation: AlterOperation<Kind>, context: RenderContext): boolean
  /** The one round trip of a start with nothing to do. Needs read rights only, sets nothing. */
  probe(session: Session, request: ProbeRequest): Promise<Probe>
  /** The same with another digest, of what is stored: it waits for nobody who holds a table, and tells two states of one database apart, not two databases. */
  probeStored?(session: Session, request: ProbeRequest): Promise<Probe>
  /** Reads the managed schemas in one round trip. */
  introspect(session: Session, scope: Scope): Promise<Schema>
  /** Shorthand that needs no server, such as `serial`, written out; names completed with the default schema. */
  complete(declared: Schema): Schema
  /** A declared schema in the server's own words. Changes nothing that lasts. */
  normalise(session: Session, request: NormaliseRequest): Promise<Normalised>
  /** Loads whole DDL texts into a scratch place of the same server and reads them. */
  loadText(session: Session, texts: readonly SourceText[], scope: Scope): Promise<Schema>
  /** Namespaces that whole texts create, as far as the texts alone tell. */
  schemasOf?(texts: readonly SourceText[]): readonly string[]
  readonly lock: LockProtocol
  readonly ledger: LedgerStyle
  readonly backfill: BackfillStyle
  /** How far the standbys are behind. Left out: the database has none. */
  replicaLag?(session: Session): Promise<ReplicaLag>
  /** How the step's strong locks are come by without a queue behind them; `null` when it needs none. Left out: the database has no such queue. */
  approach?(request: ApproachRequest): Approach | null
  /**
   * Tells every so many milliseconds, over a connection of its own, how far the statement is that a backend works on; `null`
   * where the server gives no figures. Never fails. The result ends it.
   */
  watch?(backend: number, every: number, tell: (figures: Figures | null) => void): () => void
  /** Breaks off what one of our own sessions works on, over a connection of its own. Never fails; the statement does. Left out: it cannot be broken off. */
  cancel?(backend: number): Promise<void>
  /** Runs one step with its time-outs; the journal's statements commit with it where a transaction allows. */
  run(session: Session, step: RunRequest): Promise<RunResult>
  /** Which of the plan's needs the current role lacks, each with the statement that grants it. */
  missingRights(session: Session, needs: readonly RightNeed[]): Promise<readonly MissingRight[]>
  /** What an earlier start began and did not finish: the schema as if it had not begun, and the columns that are half there. */
  unfinished?(live: Schema): { readonly schema: Schema; readonly columns: readonly { readonly table: Named; readonly column: string }[] }
  /** How two columns are kept in step while code of two releases runs. Left out: the database has no way to. */
  readonly online?: OnlineStyle
  /** How many rows a query has, and the first of them, for a bounded time. */
  sample?(session: Session, query: string, budget: { readonly rows: number; readonly milliseconds: number }): Promise<Sample>
  /** Who holds tables against readers, and so keeps us from reading the catalogue. Left out: who reads never waits. */
  readersObstacle?(session: Session): Promise<Obstacle | null>
  /** Begins a transaction that only reads: it does not wait for ever for who holds a table against readers. */
  readonly readSettings?: readonly string[]
  /** The first value of a query over tables that others may hold: fails as `lock-timeout` soon, or where it is needed after seconds. Left out: who reads never waits. */
  peek?(session: Session, query: string, isNeeded?: boolean): Promise<unknown>
  /** How large tables are by the server's own statistics, and how fast it reads them now. One that cannot be seen is left out. */
  measure?(session: Session, tables: readonly Named[]): Promise<readonly TableSize[]>
  /** What changes would cost, found by trying each on an empty copy of its table. One that could not be tried is left out. */
  tryChanges?(session: Session, trials: readonly Trial[]): Promise<readonly Verdict[]>
  /** What a transaction of the author's own SQL begins with, so that unqualified names mean the default schema. */
  userSettings?(defaultSchema: string): readonly string[]
  /** Which statement of a step it was that failed, when all of them went together and were undone. `null`: that cannot be told. */
  blame?(session: Session, request: Pick<RunRequest, 'step' | 'lockTimeout' | 'defaultSchema'>, error: unknown): Promise<Blame | null>
  /** Whether two spellings of a type hold the same values, where that is less than being the same type. */
  equivalentTypes?(a: string, b: string): boolean
  /** What a thrown driver error means. */
  failure(error: unknown): Failure
  /** What a rehearsal asks. */
  readonly rehearsal: RehearsalStyle
  /** Facts for `doctor`, most important first. */
  examine(session: Session): Promise<readonly Finding[]>
}

export interface Capabilities {
  /** DDL can be rolled back. */
  readonly transactionalDdl: boolean
  /** Namespaces exist. */
  readonly schemas: boolean
  /** Foreign keys are written inside CREATE TABLE and may point at tables that do not exist yet. */
  readonly inlineForeignKeys: boolean
  /** Constraints can be added to a table that exists. */
  readonly addConstraints: boolean
  /** Several sessions can be open at once. */
  readonly concurrentSessions: boolean
}

/** Which part of the database is looked at. */
export interface Scope {
  /** Managed schemas; a dialect without schemas ignores them. Never empty. */
  readonly schemas: readonly string[]
  /** The schema of names that were written without one. */
  readonly defaultSchema: string
  /** Tables that are the ledger's own and never part of a description. */
  readonly ledgerTables: readonly string[]
  /** Patterns (`*` for any text) of tables that belong to others. */
  readonly tolerate?: readonly string[]
  /** Owners and grants are read only when asked for. */
  readonly privileges?: boolean
}

/** What `postgres(…)` and `sqlite(…)` give: opens sessions, and is a schema source itself. */
export interface Database {
  readonly dialect: Dialect
  /** The schema of unqualified names. */
  readonly defaultSchema: string
  /** Where it is, without credentials: `PostgreSQL at db:5432/app`. */
  readonly address: string
  /** What it was made from, password included, for programs that connect by themselves; never printed. Left out for a handle of the user's. */
  url?(): string
  /** Opens a session of our own. Retries while the database is still starting, until the deadline. */
  open(options?: OpenOptions): Promise<Session>
  /**
   * A session beside those of `open` for work that goes on after a start: it takes none of the user's pool. Left out where one
   * session is all there is: an embedded database, a client, a pool of one.
   */
  readonly beside?: ((options?: OpenOptions) => Promise<Session>) | undefined
  /** True for a database inside this process: nobody else can ever be at work on it. */
  readonly embedded?: boolean
  /** Describes the live database. */
  read(options?: { readonly schemas?: readonly string[] }): Promise<Schema>
  /** Runs `work` on an empty database of the same kind and version that is gone afterwards. */
  scratch<T>(work: (scratch: Database) => Promise<T>): Promise<T>
  /** Closes what was opened here; never the user's own pool or connection. */
  close(): Promise<void>
}

export interface OpenOptions {
  /** Milliseconds to keep trying a database that does not answer yet. Default 60,000. */
  readonly connectTimeout?: number
  readonly signal?: AbortSignal
  /** Told before each further try. */
  readonly onRetry?: (error: Error, elapsed: number) => void
}

/** One text of DDL with the name that errors give it. */
export interface SourceText {
  readonly name: string
  readonly text: string
}

export interface ProbeRequest {
  readonly scope: Scope
  readonly ledger: LedgerNames
  /** Gives up soon where somebody holds a table against readers. */
  readonly soon?: boolean
}

/** The ledger's tables, without schema. */
export interface LedgerNames {
  readonly schema: string
  readonly state: string
  readonly runs: string
  readonly entries: string
  readonly steps: string
  readonly pairs: string
}

/** What one round trip tells. `ledger` is `null` when it does not exist yet or cannot be read. */
export interface Probe {
  readonly digest: string
  /** True for a standby or a read-only database. */
  readonly readOnly: boolean
  readonly serverTime: string
  readonly ledger: null | {
    readonly state: Readonly<Record<string, string>>
    readonly pairs: readonly { readonly fingerprint: string; readonly digest: string }[]
    readonly entries: readonly LedgerEntryRow[]
    /** The most recent runs that changed something, newest first, with their ids. */
    readonly runs: readonly LedgerRunRow[]
  }
  /** Why the ledger could not be read, when it is there. */
  readonly ledgerProblem?: string
}

export interface LedgerEntryRow {
  readonly id: string
  readonly kind: string
  readonly state: string
  readonly checksum: string
  readonly compatible: boolean
  readonly down: string | null
  readonly progress: string | null
  readonly rows: number
  readonly run: string
  readonly at: string
  readonly error: string | null
  readonly description: string | null
}

export interface LedgerRunRow {
  readonly id: string
  readonly entries: readonly string[]
  readonly build: string
}

export interface NormaliseRequest {
  readonly declared: Schema
  readonly live: Schema
  readonly scope: Scope
  /** Tables that this run created from the declaration: their words are learned from `live`, not tried again. */
  readonly created?: ReadonlySet<string>
  /** False on a standby or for a role that may create nothing: then only what is certain is compared. */
  readonly mayTry?: boolean
}

export interface Normalised {
  readonly schema: Schema
  /** What could not be brought into the server's words, with the reason: neither same nor changed. */
  readonly incomparable: readonly { readonly ref: ObjectRef; readonly field: string; readonly reason: string }[]
  /** Declarations that the server refuses: an unknown type, an expression that does not parse. */
  readonly problems: readonly { readonly ref: ObjectRef; readonly message: string }[]
}

/** The mutual exclusion of starters. */
export interface LockProtocol {
  /** Tries once, without waiting inside the database. `null`: somebody else has it. */
  tryAcquire(session: Session, key: string): Promise<HeldLock | null>
  /** Who has it, as far as this role may see: for the waiters' message. */
  holder(session: Session, key: string): Promise<string | null>
}

export interface HeldLock {
  /** The server's own number of the session that holds it, where sessions have numbers. */
  readonly backend?: number
  /** Statements that fail inside a writing transaction when this session does not hold the lock any more. */
  readonly fence: readonly string[]
  /** False when it was lost. Never throws. */
  release(): Promise<boolean>
}

/** How the ledger's own tables are written in this dialect. */
export interface LedgerStyle {
  readonly types: { readonly text: string; readonly integer: string; readonly timestamp: string }
  /** The current time, for a statement. */
  readonly now: string
  /** Reads a timestamp column as ISO text. */
  isoText(column: string): string
  /** A JSON array of the rows of a query whose columns are given, as one expression. */
  jsonRows(columns: Readonly<Record<string, string>>, from: string): string
  /** The database's user and the client's host as expressions. */
  readonly currentUser: string
  /** Where the client is, as an expression. Left out: the client is on this machine. */
  readonly clientHost?: string
}

export interface RenderContext {
  readonly before: Schema
  readonly after: Schema
  readonly defaultSchema: string
  readonly version: number
  /** All operations of the plan in the order in which they are rendered; a dialect may carry out several at once. */
  readonly operations?: readonly Operation[]
  /** What the server said when a change was tried on a copy; undefined when it was not asked. */
  verdict?(trial: Trial): Verdict | undefined
  /** True for a column that an earlier start began to add and did not finish. */
  resumes(ref: ObjectRef): boolean
  /** True for a relation that is there and known to hold no row: the short way is instant. */
  isEmpty(relation: Named): boolean
  /** True for a relation that this same plan creates: nobody uses it yet, it is empty. */
  isNew(relation: Named): boolean
  /** True for a type, column or other object that this same plan creates. */
  creates(ref: ObjectRef): boolean
}

export interface KindRenderer<K extends Kind> {
  create(operation: CreateOperation<K>, context: RenderContext): readonly Step[]
  drop(operation: DropOperation<K>, context: RenderContext): readonly Step[]
  alter(operation: AlterOperation<K>, context: RenderContext): readonly Step[]
  rename(operation: RenameOperation<K>, context: RenderContext): readonly Step[]
}

/** One renderer a kind: a forgotten kind is a compile error. A kind that the dialect cannot do throws `not-supported` with the reason. */
export type Renderers = { readonly [K in Kind]: KindRenderer<K> }

export interface RunRequest {
  readonly step: Pick<Step, 'statements' | 'transaction' | 'locks'>
  /** Milliseconds that all strong lock requests of a try may be queued. */
  readonly lockTimeout: number
  /** Run first inside the transaction; they fail when the starters' lock was lost. */
  readonly fence: readonly string[]
  /** Run inside the transaction, so that they commit with the work: before locks that hold others up, otherwise last. */
  readonly journal: readonly string[]
  /** Run when the step's statements have run and nothing else has: the journal then comes last in any case. */
  readonly note?: string
  /** A query after them, whose one value is wanted. */
  readonly answer?: string
  /** The schema in which unqualified names of user SQL are looked up. */
  readonly defaultSchema: string
}

export interface RunResult {
  /** Rows changed by the step's own statements. */
  readonly rows: number
  /** The value that `answer` asked for, as text. */
  readonly answer?: string | null
}

/** A right that a plan needs. */
export type RightNeed =
  | { readonly right: 'create-in-schema'; readonly schema: string }
  | { readonly right: 'create-schema' }
  | { readonly right: 'own-table'; readonly table: Named }
  | { readonly right: 'own-type'; readonly type: Named }
  | { readonly right: 'references'; readonly table: Named }
  | { readonly right: 'update'; readonly table: Named }
  /** No policy hides rows of it from this role. */
  | { readonly right: 'all-rows'; readonly table: Named }
  | { readonly right: 'select'; readonly table: Named }
  | { readonly right: 'write-ledger'; readonly table: Named }

export interface MissingRight {
  readonly need: RightNeed
  /** `schema public`, `table public.users`. */
  readonly object: string
  readonly message: string
  /** The exact statement that a person with the right to do so runs. */
  readonly grant: string
}

export type FailureKind =
  | 'lock-timeout' | 'deadlock' | 'serialization' | 'busy' | 'not-ready' | 'connection' | 'authentication' | 'missing-database'
  | 'permission' | 'missing-relation' | 'fence' | 'read-only' | 'violation' | 'invalid' | 'cancelled' | 'other'

/** The statement of a step that failed, from 0, and its own error. */
export interface Blame {
  readonly statement: number
  readonly error: unknown
}

export interface Failure {
  readonly kind: FailureKind
  /** The server's own code: `42501`, `SQLITE_BUSY`. */
  readonly code: string
  readonly message: string
  readonly detail?: string
  readonly hint?: string
  /** One-based, in characters of the statement. */
  readonly position?: number
  /** Which of the statements that were sent together, from 0, where that is known. */
  readonly statement?: number
}

export interface Finding {
  readonly level: 'ok' | 'info' | 'warning' | 'error'
  readonly topic: string
  readonly message: string
  readonly hint?: string
  /** The code of the rule behind it, whose page is `docs/rules/<code>.md`. */
  readonly rule?: string
}

export type { Column, ForeignKey, Named, Operation, Schema, Table }
