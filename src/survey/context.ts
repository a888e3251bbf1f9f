import type { ApplyOptions, Logger, Progress, TrueupOptions } from '../api.ts'
import type { Database, Dialect, LedgerNames, Scope, Session, SourceText, StepClass } from '../dialects/dialect.ts'
import type { Problem } from '../errors.ts'
import { TrueupError, describeProblem } from '../errors.ts'
import { fingerprintOf } from '../hash.ts'
import type { LedgerWriter } from '../ledger/ledger.ts'
import { ledgerNames, ledgerTableNames, ledgerWriter } from '../ledger/ledger.ts'
import type { Declared } from '../models/source.ts'
import type { Registry } from '../registry/registry.ts'
import { checksumOf, makeRegistry } from '../registry/registry.ts'
import { VERSION } from '../version.ts'

/** An application with its database: all that a call needs and that stays the same between calls. */
export interface App {
  readonly options: TrueupOptions
  readonly database: Database
  readonly dialect: Dialect
  readonly registry: Registry
  readonly ledger: LedgerNames
  readonly writer: LedgerWriter
  readonly logger: Logger
  /** The key of the starters' lock: the same for all who share a ledger. */
  readonly lockKey: string
  /** Keys of tables that count as filled, whatever this database holds: those of the one whose copy it is. */
  readonly filled?: ReadonlySet<string>
  /** Told when somebody has kept a reader from a table for seconds: waits before the next try, or throws. Left out: nobody waits for that. */
  readonly heldUp?: (session: Session, elapsed: number) => Promise<void>
  /** Read once: models do not change while a process runs. */
  declared(): Promise<DeclaredModels>
}

export interface DeclaredModels {
  readonly declared: Declared
  readonly scope: Scope
  readonly checksums: ReadonlyMap<string, string>
  /** Of models and entries; options that matter are added by call. */
  readonly fingerprint: string
}

/** What one call was asked to do, with every default filled in. */
export interface Call {
  readonly mode: 'apply' | 'verify' | 'off'
  readonly allow: StepClass
  readonly confirm: string | null
  readonly strict: boolean
  readonly include: readonly string[]
  readonly lockTimeout: number
  readonly waitForLock: number
  readonly connectTimeout: number
  readonly onAhead: 'refuse' | 'tolerate' | null
  readonly longSteps: LongSteps
  /** Takes up what is open and does nothing else: a look long after the start, when others may have moved on. */
  readonly onlyOpen?: true
  readonly signal: AbortSignal | undefined
  readonly onProgress: (progress: Progress) => void
}

/** `inline`: nobody else can be at work meanwhile, so that everything is one piece under the starters' lock. */
export type LongSteps = 'background' | 'wait' | 'defer' | 'inline'

const SILENT: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** The console through a reference that is looked up at each call, so that one who replaces it is heard. Debug lines are left out. */
const CONSOLE: Logger = {
  info: (message) => globalThis.console.info(message),
  warn: (message) => globalThis.console.warn(message),
  error: (message) => globalThis.console.error(message),
}

/** Checks the options and the registry; opens nothing. */
export function makeApp(options: TrueupOptions): App {
  checkOptions(options)
  const { database } = options
  const { dialect } = database
  const registry = makeRegistry(options.migrations ?? [], { requireDescription: (options.lint?.rules?.['no-description'] ?? 'off') === 'error' })
  refuseOnline(dialect, registry)
  const ledger = ledgerNames(database.defaultSchema, options.namespace)
  let declared: Promise<DeclaredModels> | null = null
  return {
    options, database, dialect, registry, ledger,
    writer: ledgerWriter(ledger, dialect.ledger, dialect.writer),
    logger: options.logger === false ? SILENT : (options.logger ?? CONSOLE),
    lockKey: `trueup:${ledger.schema}:${ledger.state}`,
    declared: () => (declared ??= declare(options, database, dialect, registry, ledger)),
  }
}

/** @throws TrueupError `registry-invalid` for entries that need two columns in step on a database that has no way to */
function refuseOnline(dialect: Dialect, registry: Registry): void {
  if (dialect.online !== undefined) return
  const problems = registry.entries.flatMap((entry): Problem[] => {
    if (entry.kind !== 'retype' && entry.kind !== 'contract' && !(entry.kind === 'rename' && entry.entry.online === true)) return []
    return [{ subject: `entry ${entry.id}`, field: entry.kind === 'contract' ? 'contract' : 'online', message: `is not for ${dialect.title}.`, hint: entry.kind === 'rename' ? 'Take it out: a rename is instant there, and old code that runs beside it has to be stopped.' : 'Take the entry out of the migrations for this database.' }]
  })
  if (problems.length === 0) return
  throw new TrueupError('registry-invalid', `The migrations hold what ${dialect.title} cannot do:\n${problems.map((problem) => `  - ${describeProblem(problem)}`).join('\n')}`, { problems, hint: 'Nothing was sent to the database.' })
}

/** Fills in what a call leaves out. */
export function makeCall(options: TrueupOptions, call: ApplyOptions = {}): Call {
  const allow = call.allow ?? options.allow ?? 'online'
  return {
    mode: call.mode ?? options.mode ?? 'apply',
    allow,
    confirm: call.confirm ?? null,
    strict: options.strict ?? false,
    include: call.include ?? [],
    lockTimeout: call.lockTimeout ?? options.lockTimeout ?? 50,
    waitForLock: call.waitForLock ?? options.waitForLock ?? 600_000,
    connectTimeout: options.connectTimeout ?? 60_000,
    onAhead: call.onAhead ?? options.onAhead ?? null,
    // Some handles tell only once they are used whether a second connection can be had.
    get longSteps() {
      return longStepsOf(options.database, allow, call.longSteps ?? options.longSteps ?? 'background')
    },
    signal: call.signal ?? options.signal,
    onProgress: call.onProgress ?? options.onProgress ?? (() => {}),
  }
}

/** What drops may stand between long steps, and is confirmed as a whole. */
function longStepsOf(database: Database, allow: StepClass, asked: 'background' | 'wait' | 'defer'): LongSteps {
  if (!database.dialect.capabilities.concurrentSessions || database.embedded === true || allow === 'destructive') return 'inline'
  return asked === 'background' && database.beside === undefined ? 'wait' : asked
}

/** The fingerprint of what a call would make of the database. */
export async function callFingerprint(models: DeclaredModels, call: Call): Promise<string> {
  return fingerprintOf({ models: models.fingerprint, allow: call.allow, strict: call.strict })
}

function checkOptions(options: TrueupOptions): void {
  const problems: string[] = []
  if (typeof options?.database?.open !== 'function') problems.push("database: give what postgres(…) or sqlite(…) returns, from 'trueup/postgres' or 'trueup/sqlite'.")
  if (typeof options?.models?.declare !== 'function') problems.push("models: give what fromDrizzle(…), fromSql(…) or another source returns, from 'trueup/models/…'.")
  if (options?.namespace !== undefined && !/^[A-Za-z0-9_]{1,24}$/.test(options.namespace)) problems.push('namespace: 1 to 24 letters, digits or _.')
  if ((options?.allow as string | undefined) === 'destructive') problems.push("allow: 'destructive' is only taken per call, together with confirm, never in the object that ships.")
  for (const field of ['lockTimeout', 'waitForLock', 'connectTimeout'] as const) {
    const value = options?.[field]
    if (value !== undefined && !(Number.isFinite(value) && value >= 0)) problems.push(`${field}: a number of milliseconds from 0.`)
  }
  if (problems.length > 0) {
    throw new TrueupError('config-invalid', `trueup() was called with options that cannot work:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`, {
      hint: 'Correct the options named above. Nothing was sent to the database.',
    })
  }
}

async function declare(options: TrueupOptions, database: Database, dialect: Dialect, registry: Registry, ledger: LedgerNames): Promise<DeclaredModels> {
  const { defaultSchema } = database
  const declared = complete(await options.models.declare({ dialect: dialect.name, defaultSchema }), dialect)
  const checksums = new Map<string, string>()
  for (const entry of registry.entries) checksums.set(entry.id, await checksumOf(entry, dialect.writer))
  const scope: Scope = {
    schemas: options.schemas ?? managedSchemas(declared, registry, dialect, defaultSchema),
    defaultSchema,
    ledgerTables: ledgerTableNames(ledger),
    tolerate: options.tolerate ?? [],
    ...(options.privileges === true && { privileges: true }),
  }
  const content: Declared | readonly SourceText[] = declared.form === 'text' ? declared.texts : declared
  const fingerprint = await fingerprintOf({ version: VERSION, dialect: dialect.name, content, checksums: [...checksums], scope })
  return { declared, scope, checksums, fingerprint }
}

function complete(declared: Declared, dialect: Dialect): Declared {
  return declared.form === 'schema' ? { ...declared, schema: dialect.complete(declared.schema) } : declared
}

function managedSchemas(declared: Declared, registry: Registry, dialect: Dialect, defaultSchema: string): readonly string[] {
  const named = declared.form === 'text' ? [] : [...declared.schema.table, ...declared.schema.enum, ...declared.schema.view, ...declared.schema.sequence].map((object) => object.schema)
  const spaces = declared.form === 'text' ? (dialect.schemasOf?.(declared.texts) ?? []) : declared.schema.namespace.map((namespace) => namespace.name)
  const entries = registry.entries.flatMap((entry) => (entry.kind === 'column' && entry.entry.schema !== undefined ? [entry.entry.schema] : []))
  return [...new Set([defaultSchema, ...named, ...spaces, ...entries])].sort()
}
