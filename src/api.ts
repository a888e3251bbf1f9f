import type { Database, Finding, StepClass } from './dialects/dialect.ts'
import type { HistoryRecord, HistoryStepRecord } from './ledger/ledger.ts'
import type { Diagnostic, Severity } from './lint/diagnostic.ts'
import type { ModelSource } from './models/source.ts'
import type { Drift, Pending, Phase, Plan } from './plan/plan.ts'
import type { OtherLedger } from './takeover/read.ts'
import type { EntryKind, Migration } from './registry/entry.ts'
import type { Unmanaged } from './schema/schema.ts'

/** Any logger with these methods; `debug` may be missing. Each gets one finished line, without colours. */
export interface Logger {
  debug?(message: string): void
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

export type AllowedClass = StepClass

export interface TrueupOptions {
  readonly database: Database
  readonly models: ModelSource
  readonly migrations?: readonly Migration[]
  /** Names the application in the ledger; a start against another one's ledger is refused. */
  readonly application?: string
  /** `production`, `staging`, …: likewise. */
  readonly environment?: string
  /** This build, such as a version or a commit; recorded with every run. */
  readonly build?: string
  /** Keeps several applications apart in one schema: part of the ledger tables' names. Letters, digits and `_`. */
  readonly namespace?: string
  /** @default 'apply' */
  readonly mode?: 'apply' | 'verify' | 'off'
  /** The most that a start may do without being asked. `destructive` is never taken from here. @default 'online' */
  readonly allow?: Exclude<AllowedClass, 'destructive'>
  /** Refuse registry entries above the allowed class, too. @default false */
  readonly strict?: boolean
  /** What to do when the ledger knows entries that this build does not. @default 'tolerate' where all of them are compatible, else 'refuse' */
  readonly onAhead?: 'refuse' | 'tolerate'
  /**
   * What becomes of long steps that the code does not rely on: `background`: this process goes on with them after the start;
   * `wait`: the start waits for them; `defer`: they are left to another one. Where one session is all there is, every start
   * waits. @default 'background'
   */
  readonly longSteps?: 'background' | 'wait' | 'defer'
  /** Milliseconds a try may wait for a table lock. @default 50 */
  readonly lockTimeout?: number
  /** Milliseconds to wait for another starter. @default 600_000 */
  readonly waitForLock?: number
  /** Milliseconds to wait for a database that is still starting. @default 60_000 */
  readonly connectTimeout?: number
  /** Schemas to manage. @default those of the models, and the default schema */
  readonly schemas?: readonly string[]
  /** Patterns (`*` for any text) of tables that belong to others. */
  readonly tolerate?: readonly string[]
  /** Compare and change owners and grants, too. @default false */
  readonly privileges?: boolean
  /** What the rules of lint weigh, and what they may assume. */
  readonly lint?: LintOptions
  /** `false` silences. @default the console */
  readonly logger?: Logger | false
  readonly onProgress?: (progress: Progress) => void
  /** Parks at the next step boundary. */
  readonly signal?: AbortSignal
}

/** What the rules weigh, and what they may take for granted. */
export interface LintOptions {
  /** Severities by code (`I001`) or by family (`T`); the code wins. The codes are in `docs/rules`. */
  readonly rules?: Readonly<Record<string, Severity>>
  /** The major version of the oldest server that the SQL will run on. @default 14 */
  readonly serverVersion?: number
}

/** Options of a call; each overrides the one given at construction. */
export interface ApplyOptions {
  readonly mode?: 'apply' | 'verify' | 'off'
  readonly allow?: AllowedClass
  /** With `allow: 'destructive'`: the hash of a plan that was made for exactly this database. */
  readonly confirm?: string
  readonly onAhead?: 'refuse' | 'tolerate'
  readonly longSteps?: 'background' | 'wait' | 'defer'
  readonly lockTimeout?: number
  readonly waitForLock?: number
  /** Ids of held entries to run again. */
  readonly include?: readonly string[]
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

export interface PlanOptions {
  readonly allow?: AllowedClass
  readonly include?: readonly string[]
}

/** Sent at least at every step boundary and every batch. */
export interface Progress {
  /** `paused`: a backfill waits, for a `reason`. `work`: a step is at work and takes its time; with figures where the server tells how far it is. */
  readonly event: 'waiting' | 'step' | 'work' | 'batch' | 'paused' | 'done'
  /** The step or the entry. */
  readonly title: string
  readonly entry?: string
  readonly step?: number
  readonly steps?: number
  /** Rows done and to do, of a backfill; of other work in `unit`s. */
  readonly rows?: number
  readonly of?: number
  readonly unit?: string
  /** Rows that a backfill goes over a second, rests included, lately. */
  readonly rate?: number
  /** Milliseconds that are left at this rate, by the server's statistics. */
  readonly remaining?: number
  /** Why it pauses. */
  readonly reason?: string
  /** What the server does at the moment, in its own words. */
  readonly phase?: string
  /** Milliseconds since it began. */
  readonly elapsed: number
  /** It goes on after the start. */
  readonly background?: true
}

export interface StepReport {
  readonly id: string
  readonly title: string
  readonly phase: Phase
  readonly entry?: string
  readonly rows: number
  /** Milliseconds. */
  readonly duration: number
  /** Milliseconds of `duration` spent waiting for table locks and between tries. */
  readonly lockWait: number
  readonly attempts: number
}

/** A long step that is not done, and that no start waits for. */
export interface OpenStep {
  /** What it works on: `index public.users.users_email`, `entry fill-progress`. */
  readonly id: string
  readonly title: string
  readonly entry?: string
  /** `running`: somebody is at work on it. `open`: nobody is; the next start takes it up. `parked`, `failed`: so ended the last try. */
  readonly state: 'open' | 'running' | 'parked' | 'failed'
  /** Whose session works on it, as far as this role may see. */
  readonly owner: string | null
  /** When it was first left open, ISO 8601, by the database's clock. */
  readonly since: string | null
  /** Why the last try ended. */
  readonly error: string | null
  /** How far it is, where the ledger or the server tells; rows of a backfill, of other work in `unit`s. */
  readonly progress: {
    readonly done: number
    readonly of?: number
    readonly unit: string
    readonly phase?: string
    /** Rows gone over a second, rests included, and the milliseconds that are left at that; only while somebody works on it. */
    readonly rate?: number
    readonly remaining?: number
  } | null
}

export interface Report {
  /** `current`: nothing was to do but, perhaps, what stands in `open`. `applied`: something was done. `verified`: mode `verify` found all in line. `off`: mode `off`. */
  readonly outcome: 'current' | 'applied' | 'verified' | 'off'
  /** The ledger's id of this run; `null` when it wrote nothing. */
  readonly run: string | null
  readonly steps: readonly StepReport[]
  readonly applied: readonly string[]
  readonly adopted: readonly string[]
  readonly notNeeded: readonly string[]
  readonly pending: readonly Pending[]
  readonly drift: readonly Drift[]
  readonly held: readonly string[]
  readonly ahead: readonly string[]
  /** Long steps that go on, here or elsewhere, or are left for later. */
  readonly open: readonly OpenStep[]
  /** Milliseconds spent waiting for another starter. */
  readonly waited: number
  readonly duration: number
}

export type EntryState = 'applied' | 'adopted' | 'not-needed' | 'baselined' | 'pending' | 'running' | 'changed' | 'failed' | 'held' | 'orphaned' | 'ahead'

export interface EntryStatus {
  readonly id: string
  readonly kind: EntryKind | 'unknown'
  readonly state: EntryState
  readonly description: string | null
  /** When it reached its state, ISO 8601, by the database's clock. */
  readonly at: string | null
  readonly error: string | null
  /** Rows that a backfill has done. */
  readonly rows: number | null
}

export interface Status {
  readonly address: string
  readonly entries: readonly EntryStatus[]
  readonly total: number
  readonly applied: number
  readonly pending: number
  /** Steps that the models ask for beside the registry, and that a start would wait for. */
  readonly missing: readonly { readonly title: string; readonly class: StepClass }[]
  /** Long steps that no start waits for, whether somebody works on them or not. Entries among them count as pending, too. */
  readonly open: readonly OpenStep[]
  readonly notAllowed: readonly Pending[]
  readonly drift: readonly Drift[]
  readonly unmanaged: readonly Unmanaged[]
  /** Ledgers of other migration tools, and whether `baseline` took them over; `moved`: the tool has run since. */
  readonly others: readonly (OtherLedger & { readonly takenOver: 'no' | 'yes' | 'moved' })[]
  /** Whether a start would find nothing to do. */
  readonly inSync: boolean
  readonly lockedBy: string | null
  /** Why the last start gave up waiting for a table, as long as what it left is not done. */
  readonly parked: string | null
}

export interface Check {
  readonly inSync: boolean
  readonly pending: readonly { readonly title: string; readonly entry?: string; readonly because: string; readonly hint?: string }[]
  readonly drift: readonly Drift[]
  readonly diagnostics: readonly Diagnostic[]
  /** What is there and takes no part: tolerated, or of a kind that is not supported. It is never changed. */
  readonly unmanaged: readonly Unmanaged[]
}

export interface FreshCheck {
  readonly same: boolean
  /** What differs between a fresh install and an upgrade of an empty older database. */
  readonly differences: readonly string[]
  /** How the upgrade was made up: what the older database lacked. */
  readonly upgradedFrom: string
}

export interface RollbackOptions {
  /** Ids to undo. Left out: the entries of the last run that changed something. */
  readonly entries?: readonly string[]
  /** Undo all that ran after this entry. */
  readonly to?: string
  readonly dryRun?: boolean
  readonly allow?: AllowedClass
  readonly signal?: AbortSignal
}

export interface RollbackReport {
  readonly dryRun: boolean
  readonly entries: readonly string[]
  readonly steps: readonly { readonly title: string; readonly entry: string; readonly statements: readonly string[]; readonly rowsLost: number }[]
  readonly run: string | null
  /** Of a dry run: who is at work on long steps of what would be undone. A rollback waits for them, as long as `waitForLock` says. */
  readonly waitsFor: readonly { readonly title: string; readonly owner: string }[]
}

export type HistoryStep = HistoryStepRecord
export type HistoryRun = HistoryRecord

export interface BaselineReport {
  readonly run: string
  readonly baselined: readonly string[]
  readonly drift: readonly Drift[]
  readonly pending: readonly string[]
  /** Ledgers of other migration tools, now recorded as what was there before. */
  readonly tookOver: readonly OtherLedger[]
}

/** What `trueup(…)` gives. Making it opens nothing. */
export interface Trueup {
  /** What it was made with. */
  readonly options: TrueupOptions
  /** Brings the database into line. Resolves when the schema fits the code; rejects with a `TrueupError` otherwise. */
  applyMigrations(options?: ApplyOptions): Promise<Report>
  /** Where every entry stands. Changes nothing. */
  status(): Promise<Status>
  /** Whether a start would find nothing to do, and what differs. Changes nothing. */
  check(): Promise<Check>
  /** Proves on a scratch database that a fresh install and an upgrade end in the same schema. */
  checkFresh(): Promise<FreshCheck>
  /** What a start would do now. Changes nothing. */
  plan(options?: PlanOptions): Promise<Plan>
  /** Undoes entries. What was undone is held until its checksum changes or it is included by id. */
  rollback(options?: RollbackOptions): Promise<RollbackReport>
  /** What happened, newest first. */
  history(options?: { readonly limit?: number }): Promise<readonly HistoryRun[]>
  /** Puts an existing database under trueup: records every entry as baselined, touches nothing else. */
  baseline(): Promise<BaselineReport>
  /** Connection, version, rights, poolers, standby. */
  examine(): Promise<readonly Finding[]>
  /** Resolves when no long step of this process goes on in the background any more, however it ended. Never rejects. */
  settled(): Promise<void>
  /**
   * Parks what goes on in the background at its next batch or step, breaks off a single statement that takes long, waits until
   * that is recorded, and closes what was opened here.
   */
  close(): Promise<void>
}
