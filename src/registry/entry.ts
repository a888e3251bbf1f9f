import type { Sql } from '../sql.ts'

interface EntryCommon {
  /** Unique in the registry, never changed once applied. Column entries default to `table.column`. */
  readonly id?: string
  /** For people: printed by `status`, never part of the checksum. */
  readonly description?: string
  /** Ids of entries that must have run before. */
  readonly dependsOn?: readonly string[]
  /** Lint rules that it may break, by code, each with the reason: `{ I001: 'the table has ten rows' }`. Never part of the checksum. */
  readonly allow?: Readonly<Record<string, string>>
  /** True when builds that do not know this entry keep working after it ran. Column entries are, others are not unless said. */
  readonly compatible?: boolean
  /** True when the code relies on its effect: a start waits for it, however long it takes. SQL and code are waited for always. Never part of the checksum. */
  readonly required?: boolean
}

/** The original's object: a column to add. Names are quoted verbatim. */
export interface ColumnEntry extends EntryCommon {
  readonly table: string
  readonly column: string
  /** As the database spells it: `VARCHAR(255)`, `timestamptz`. */
  readonly type: string
  /** @default true */
  readonly nullable?: boolean
  /** A JavaScript value becomes a literal; an expression is given with the `sql` tag. Left out: no default. */
  readonly default?: unknown
  /** @default the database's default schema */
  readonly schema?: string
}

/** A rename: of a column when `column` is given, of a table otherwise. */
export interface RenameEntry extends EntryCommon {
  readonly rename: { readonly table: string; readonly column?: string; readonly to: string; readonly schema?: string }
  /**
   * Of a column only: old and new name are both there, and in step, until a contract entry takes the old one away, so that
   * code of both releases works meanwhile. @default false
   */
  readonly online?: boolean
}

/**
 * Another type for a column while everybody works: a second column is kept in step and filled, then takes the name over. The old
 * one stays beside it, in step, until a contract entry takes it away.
 */
export interface RetypeEntry extends EntryCommon {
  readonly retype: {
    readonly table: string
    readonly column: string
    readonly schema?: string
    /** As the database spells it. */
    readonly type: string
    /** The new value, from the column by its name. Left out: a cast. */
    readonly using?: Sql | string
    /** The old value, from the column by its name. Left out: a cast. */
    readonly back?: Sql | string
  }
  readonly online: true
}

/** Takes the old side of an online entry away, as soon as there is evidence that nobody uses it any more. */
export interface ContractEntry extends EntryCommon {
  /** The id of the online entry. */
  readonly contract: string
  /** For how long nothing may have been written by the old name: `7 days`. */
  readonly unusedFor?: string
  /**
   * `application_name` of the old release's sessions, `*` for any text: none of them may be connected. Left out: no session may
   * be older than the end of the online entry.
   */
  readonly application?: string | readonly string[]
}

/** SQL of the author's own. Text may hold several statements. */
export interface SqlEntry extends EntryCommon {
  readonly up: Sql | string | readonly (Sql | string)[]
  /** Undoes `up`. Kept in the ledger, so that an older build can roll back. */
  readonly down?: Sql | string | readonly (Sql | string)[]
  /**
   * A query: is the effect there already? Its first column of its first row says so: true, a number above 0 or a text.
   * No row, null, false and 0 say no.
   */
  readonly check?: Sql | string
  /** What a database needs whose tables were all created in this run: `run` it, or `skip` it because the models say it all. */
  readonly fresh?: 'run' | 'skip'
  /** The tables that it works on; decides whether a database is fresh for it. Default: all. */
  readonly touches?: readonly string[]
  /** False for statements that no transaction may hold; needs `check`, because it can be run twice. @default true */
  readonly transaction?: boolean
}

/** How fast a backfill goes, and when it waits. Never part of the checksum. */
export interface Pacing {
  /** The most rows of a batch. @default 20,000 */
  readonly batchSize?: number
  /** Milliseconds that the database should be at work on a batch: its size follows. @default 3, at full throttle 250 */
  readonly batchTime?: number
  /** The share of time at work, above 0 to 1; it rests for the other. `full` is 1. @default 'gentle', which is 0.1 */
  readonly pace?: 'gentle' | 'full' | number
  /** Milliseconds that a standby may be behind; while one is further, it waits. */
  readonly maxReplicaLag?: number
  /** Times of day, `HH:MM` by the database's clock, between which it runs. `timeZone` as in `Europe/Paris`. @default timeZone 'UTC' */
  readonly window?: { readonly from: string; readonly to: string; readonly timeZone?: string }
}

/** Fills rows in batches by key, resumable. */
export interface BackfillEntry extends EntryCommon {
  readonly backfill: Pacing & {
    readonly table: string
    readonly schema?: string
    /** What follows SET. */
    readonly set: Sql | string
    /** Which rows still need it. Left out: all. */
    readonly where?: Sql | string
    /** How many rows it is expected to change: counted before the first batch, and again when it is done. Never part of the checksum. */
    readonly expect?: number | { readonly atLeast?: number; readonly atMost?: number }
  }
}

/** Code of the author's own. */
export interface RunEntry extends EntryCommon {
  /** Gets the open transaction; its ledger row commits with it. */
  readonly run: (context: RunContext) => void | Promise<void>
  /** Counts as the content of `run`: raise it when the code changes what it does. @default 1 */
  readonly version?: number
  readonly check?: Sql | string
  readonly fresh?: 'run' | 'skip'
  readonly touches?: readonly string[]
  readonly transaction?: boolean
}

export interface RunContext {
  /** Runs one statement and gives its rows. */
  query(statement: Sql | string): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Runs one statement and gives the number of rows that it changed. */
  execute(statement: Sql | string): Promise<number>
  /** The driver's own connection, inside the same transaction. */
  readonly client: unknown
  readonly signal: AbortSignal | undefined
}

/** What the registry holds. */
export type Migration = ColumnEntry | RenameEntry | RetypeEntry | ContractEntry | SqlEntry | BackfillEntry | RunEntry

export type EntryKind = 'column' | 'rename' | 'retype' | 'contract' | 'sql' | 'backfill' | 'run'

interface Checked {
  readonly id: string
  readonly description: string | null
  readonly dependsOn: readonly string[]
  readonly compatible: boolean
  /** Its place in the registry. */
  readonly position: number
}

export type CheckedColumn = Checked & { readonly kind: 'column'; readonly entry: ColumnEntry }
export type CheckedRename = Checked & { readonly kind: 'rename'; readonly entry: RenameEntry }
export type CheckedRetype = Checked & { readonly kind: 'retype'; readonly entry: RetypeEntry }
export type CheckedContract = Checked & { readonly kind: 'contract'; readonly entry: ContractEntry }
export type CheckedSql = Checked & { readonly kind: 'sql'; readonly entry: SqlEntry }
export type CheckedBackfill = Checked & { readonly kind: 'backfill'; readonly entry: BackfillEntry }
export type CheckedRun = Checked & { readonly kind: 'run'; readonly entry: RunEntry }

/** An entry whose shape is right, with its defaults filled in. */
export type Entry = CheckedColumn | CheckedRename | CheckedRetype | CheckedContract | CheckedSql | CheckedBackfill | CheckedRun

/** The registry after construction: entries in an order that respects `dependsOn` and otherwise their place. */
export interface Registry {
  readonly entries: readonly Entry[]
}

/** Which optional rules of shape are on. */
export interface RegistryRules {
  /** An entry without a description is refused. */
  readonly requireDescription?: boolean
}
