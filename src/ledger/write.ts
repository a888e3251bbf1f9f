import type { LedgerNames, LedgerStyle } from '../dialects/dialect.ts'
import type { SqlWriter } from '../sql.ts'

export interface RunRecord {
  readonly id: string
  readonly command: string
  readonly application: string
  readonly environment: string
  readonly build: string
  readonly version: string
  /** All ids of the registry of this build. */
  readonly entries: readonly string[]
}

export interface EntryRecord {
  readonly id: string
  readonly kind: string
  readonly state: string
  readonly checksum: string
  readonly compatible: boolean
  readonly down: string | null
  readonly progress: string | null
  readonly rows: number
  readonly error: string | null
  readonly description: string | null
}

export interface StepRecord {
  readonly seq: number
  readonly entry: string | null
  readonly title: string
  readonly phase: string
  readonly class: string
  readonly sql: string
  readonly rows: number
  readonly lockWait: number
  readonly attempts: number
  readonly outcome: 'done' | 'running' | 'failed' | 'parked'
  readonly error: string | null
}

/** Writes the statements that record what happens. Each is one statement of plain SQL; the caller sends them in its transaction. */
export interface LedgerWriter {
  state(key: string, value: string): readonly string[]
  /** Gives a fact that is kept another value, which is an expression. One statement. */
  changeState(key: string, value: string): readonly string[]
  forgetState(key: string): readonly string[]
  /** A query whose row has one column, `value`. */
  stateQuery(key: string): string
  startRun(run: RunRecord): readonly string[]
  /** Called under the lock: whoever is still down as running has died, but for the runs that go on in the background. */
  closeDead(living: readonly string[]): readonly string[]
  /** The ids of runs that are down as running. */
  openRunsQuery(): string
  finishRun(run: string, outcome: string, error: string | null): readonly string[]
  entry(run: string, entry: EntryRecord): readonly string[]
  forgetEntry(id: string): readonly string[]
  steps(run: string, steps: readonly StepRecord[]): readonly string[]
  finishStep(run: string, seq: number, change: Pick<StepRecord, 'rows' | 'lockWait' | 'attempts' | 'outcome' | 'error'>): readonly string[]
  /** One statement; how far it came and the rows are expressions. */
  progress(id: string, progress: string, rows: string): readonly string[]
  /** Keeps how far it came. */
  failEntry(id: string, error: string): readonly string[]
  /** Remembers that this fingerprint and this digest belong together; keeps the youngest pairs only. */
  pair(fingerprint: string, digest: string): readonly string[]
}

const PAIRS_KEPT = 32

export function ledgerWriter(names: LedgerNames, style: LedgerStyle, writer: SqlWriter): LedgerWriter {
  const { literal } = writer
  const table = (name: string): string => (names.schema === '' ? writer.name(name) : `${writer.name(names.schema)}.${writer.name(name)}`)
  const insert = (name: string, columns: readonly string[], rows: readonly (readonly string[])[]): string =>
    `INSERT INTO ${table(name)} (${columns.map((column) => writer.name(column)).join(', ')}) VALUES ${rows.map((row) => `(${row.join(', ')})`).join(', ')}`
  const wipe = (name: string, column: string, value: string): string => `DELETE FROM ${table(name)} WHERE ${writer.name(column)} = ${literal(value)}`
  return {
    state: (key, value) => [wipe(names.state, 'key', key), insert(names.state, ['key', 'value'], [[literal(key), literal(value)]])],
    changeState: (key, value) => [`UPDATE ${table(names.state)} SET ${writer.name('value')} = ${value} WHERE ${writer.name('key')} = ${literal(key)}`],
    forgetState: (key) => [wipe(names.state, 'key', key)],
    stateQuery: (key) => `SELECT value AS ${writer.name('value')} FROM ${table(names.state)} WHERE ${writer.name('key')} = ${literal(key)}`,
    startRun: (run) => [
      insert(
        names.runs,
        ['id', 'command', 'started', 'outcome', 'application', 'environment', 'build', 'version', 'db_user', 'host', 'entries'],
        [[literal(run.id), literal(run.command), style.now, literal('running'), literal(run.application), literal(run.environment), literal(run.build),
          literal(run.version), style.currentUser, style.clientHost ?? literal('local'), literal(JSON.stringify(run.entries))]],
      ),
    ],
    closeDead: (living) =>
      ([[names.runs, 'id'], [names.steps, 'run']] as const).map(([name, column]) => {
        const but = living.length === 0 ? '' : ` AND ${writer.name(column)} NOT IN (${living.map(literal).join(', ')})`
        return `UPDATE ${table(name)} SET outcome = ${literal('interrupted')} WHERE outcome = ${literal('running')}${but}`
      }),
    openRunsQuery: () => `SELECT id AS ${writer.name('id')} FROM ${table(names.runs)} WHERE outcome = ${literal('running')}`,
    finishRun: (run, outcome, error) => [
      `UPDATE ${table(names.runs)} SET finished = ${style.now}, outcome = ${literal(outcome)}, error = ${literal(error)} WHERE id = ${literal(run)}`,
    ],
    entry: (run, entry) => [
      wipe(names.entries, 'id', entry.id),
      insert(
        names.entries,
        ['id', 'kind', 'state', 'checksum', 'compatible', 'down', 'progress', 'rows', 'run', 'at', 'error', 'description'],
        [[literal(entry.id), literal(entry.kind), literal(entry.state), literal(entry.checksum), entry.compatible ? '1' : '0', literal(entry.down), literal(entry.progress),
          String(entry.rows), literal(run), style.now, literal(entry.error), literal(entry.description)]],
      ),
    ],
    forgetEntry: (id) => [wipe(names.entries, 'id', id)],
    steps: (run, steps) => [
      insert(
        names.steps,
        ['run', 'seq', 'entry', 'title', 'phase', 'class', 'sql', 'rows', 'started', 'finished', 'lock_wait', 'attempts', 'outcome', 'error'],
        steps.map((step) => [
          literal(run), String(step.seq), literal(step.entry), literal(step.title), literal(step.phase), literal(step.class), literal(step.sql), String(step.rows), style.now,
          step.outcome === 'running' ? 'NULL' : style.now, String(step.lockWait), String(step.attempts), literal(step.outcome), literal(step.error),
        ]),
      ),
    ],
    finishStep: (run, seq, change) => [
      `UPDATE ${table(names.steps)} SET finished = ${style.now}, rows = ${change.rows}, lock_wait = ${change.lockWait}, attempts = ${change.attempts}, ` +
        `outcome = ${literal(change.outcome)}, error = ${literal(change.error)} WHERE run = ${literal(run)} AND seq = ${seq}`,
    ],
    progress: (id, progress, rows) => [`UPDATE ${table(names.entries)} SET progress = ${progress}, rows = ${rows}, at = ${style.now} WHERE id = ${literal(id)}`],
    failEntry: (id, error) => [`UPDATE ${table(names.entries)} SET state = ${literal('failed')}, error = ${literal(error)}, at = ${style.now} WHERE id = ${literal(id)}`],
    pair: (fingerprint, digest) => [
      `DELETE FROM ${table(names.pairs)} WHERE (fingerprint = ${literal(fingerprint)} AND digest = ${literal(digest)}) OR ` +
        `at < (SELECT min(kept.at) FROM (SELECT at FROM ${table(names.pairs)} ORDER BY at DESC LIMIT ${PAIRS_KEPT}) AS kept)`,
      insert(names.pairs, ['fingerprint', 'digest', 'at'], [[literal(fingerprint), literal(digest), style.now]]),
    ],
  }
}
