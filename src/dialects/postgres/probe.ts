import { TrueupError } from '../../errors.ts'
import type { LedgerEntryRow, LedgerNames, LedgerRunRow, Probe, ProbeRequest, Session } from '../dialect.ts'
import type { DigestOptions } from './digest/digest.ts'
import { digestSql } from './digest/digest.ts'
import { quotePath } from './literal.ts'
import { PATIENCE } from './peek.ts'

interface ProbeRow {
  readonly digest: string
  readonly readOnly: boolean
  readonly serverTime: string
  readonly state?: Readonly<Record<string, string>>
  readonly pairs?: readonly { readonly fingerprint: string; readonly digest: string }[]
  readonly entries?: readonly LedgerEntryRow[]
  readonly runs?: readonly LedgerRunRow[]
}

/** Where a table is held against readers for longer, what is stored may tell enough. */
const SOON = '500ms'

/**
 * The one round trip of a start with nothing to do: needs read rights only and sets nothing that outlasts it. A ledger that is not there, or
 * that this role may not read, costs a second statement without it.
 */
export const probe = (session: Session, request: ProbeRequest): Promise<Probe> => ask(session, request, { words: 'printed', patience: request.soon === true ? SOON : PATIENCE })

/** The same with a digest of what the catalogues hold: it locks no table, and tells two states of one database apart, not two databases. */
export const probeStored = (session: Session, request: ProbeRequest): Promise<Probe> => ask(session, request, { words: 'stored', patience: PATIENCE })

async function ask(session: Session, request: ProbeRequest, options: DigestOptions): Promise<Probe> {
  try {
    const row = await answer(session, probeStatement(session.version, request, options, true))
    const { digest, readOnly, serverTime, state, pairs, entries, runs } = row
    return { digest, readOnly, serverTime, ledger: { state: state ?? {}, pairs: pairs ?? [], entries: entries ?? [], runs: runs ?? [] } }
  } catch (error) {
    const code = codeOf(error)
    if (!MISSING.has(code) && code !== '42501') throw error
    const { digest, readOnly, serverTime } = await answer(session, probeStatement(session.version, request, options, false))
    const problem = code === '42501' ? `this role may not read the ledger in schema ${request.ledger.schema}: ${messageOf(error)}` : undefined
    return { digest, readOnly, serverTime, ledger: null, ...(problem !== undefined && { ledgerProblem: problem }) }
  }
}

/** Unknown table, unknown schema. */
const MISSING: ReadonlySet<string> = new Set(['42P01', '3F000'])

/** The statement itself; without the ledger's part it reads catalogues only. */
export function probeStatement(version: number, { scope, ledger }: ProbeRequest, options: DigestOptions, withLedger: boolean): string {
  const { ctes, expression } = digestSql(version, scope, options)
  const parts = [
    `'digest', ${expression}`,
    `'readOnly', pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean OR current_setting('default_transaction_read_only')::boolean`,
    `'serverTime', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
    ...(withLedger ? ledgerParts(ledger) : []),
  ]
  return `WITH ${ctes}\nSELECT json_build_object(${parts.join(',\n')})::text AS probe`
}

const ISO = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

function ledgerParts(ledger: LedgerNames): readonly string[] {
  const table = (name: string): string => quotePath(ledger.schema, name)
  return [
    `'state', (SELECT coalesce(json_object_agg(s.key, s.value), '{}'::json) FROM ${table(ledger.state)} s)`,
    `'pairs', (SELECT coalesce(json_agg(json_build_object('fingerprint', p.fingerprint, 'digest', p.digest) ORDER BY p.at DESC), '[]'::json) FROM ${table(ledger.pairs)} p)`,
    `'entries', (SELECT coalesce(json_agg(json_build_object('id', e.id, 'kind', e.kind, 'state', e.state, 'checksum', e.checksum,
  'compatible', e.compatible <> 0, 'down', e.down, 'progress', e.progress, 'rows', e.rows, 'run', e.run, 'at', ${ISO('e.at')},
  'error', e.error, 'description', e.description) ORDER BY e.at, e.id COLLATE "C"), '[]'::json) FROM ${table(ledger.entries)} e)`,
    `'runs', (SELECT coalesce(json_agg(json_build_object('id', r.id, 'entries', coalesce(r.entries, '[]')::json, 'build', coalesce(r.build, '')) ORDER BY r.started DESC, r.id COLLATE "C" DESC), '[]'::json)
  FROM (SELECT * FROM ${table(ledger.runs)} ORDER BY started DESC LIMIT 20) r)`,
  ]
}

async function answer(session: Session, statement: string): Promise<ProbeRow> {
  const row = await session.json<ProbeRow>(statement, { often: true })
  if (row === null) throw new TrueupError('verify-failed', 'The database answered the first question without a row.')
  return row
}

/** Drivers put the server's code where PostgreSQL's protocol names it. */
function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
