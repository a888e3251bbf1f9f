import type { LedgerNames, Probe, ProbeRequest, Session } from '../dialect.ts'
import { TrueupError } from '../../errors.ts'
import { sha256 } from '../../hash.ts'
import { digestQuery } from './catalogue.ts'
import { failureOf } from './failures.ts'
import { ledger } from './ledger.ts'
import { quoteName } from './names.ts'
import { connectionOf } from './session.ts'

interface Answer {
  readonly structure: string
  readonly time: string
  readonly readOnly: number
  readonly state?: readonly { readonly key: string; readonly value: string }[]
  readonly pairs?: NonNullable<Probe['ledger']>['pairs']
  readonly entries?: readonly (Omit<NonNullable<Probe['ledger']>['entries'][number], 'compatible'> & { readonly compatible: number })[]
  readonly runs?: readonly { readonly id: string; readonly build: string | null; readonly entries: string | null }[]
}

/** All that a start needs to know, in one query; in two while there is no ledger. */
export async function probe(session: Session, request: ProbeRequest): Promise<Probe> {
  const connection = connectionOf(session)
  const { answer, problem } = await ask(session, request)
  if (answer === null) throw new TrueupError('ledger-unreadable', 'SQLite gave no answer to the first question of a start.')
  return {
    digest: await sha256(answer.structure),
    readOnly: connection.readOnly || answer.readOnly === 1,
    serverTime: answer.time,
    ledger: answer.state === undefined ? null : {
      state: Object.fromEntries(answer.state.map(({ key, value }) => [key, value])),
      pairs: answer.pairs ?? [],
      entries: (answer.entries ?? []).map((entry) => ({ ...entry, compatible: entry.compatible === 1, rows: Number(entry.rows ?? 0) })),
      runs: (answer.runs ?? []).map((run) => ({ id: run.id, build: run.build ?? '', entries: parseList(run.entries) })),
    },
    ...(problem !== undefined && { ledgerProblem: problem }),
  }
}

async function ask(session: Session, { scope, ledger: names }: ProbeRequest): Promise<{ readonly answer: Answer | null; readonly problem?: string }> {
  const own = [...new Set([...scope.ledgerTables, names.state, names.runs, names.entries, names.steps, names.pairs])]
  const basic = `'structure', ${digestQuery(own)}, 'time', ${ledger.now}, 'readOnly', (SELECT query_only FROM pragma_query_only)`
  try {
    return { answer: await session.json<Answer>(`SELECT json_object(${basic}, ${ledgerParts(names)}) AS probe`) }
  } catch (error) {
    const failure = failureOf(error)
    if (failure.kind !== 'missing-relation' && failure.kind !== 'invalid') throw error
    const answer = await session.json<Answer>(`SELECT json_object(${basic}) AS probe`)
    return failure.message.endsWith(names.state) || failure.kind === 'missing-relation' ? { answer } : { answer, problem: failure.message }
  }
}

/** The most recent runs that are looked at. */
const RUNS = 20

function ledgerParts(names: LedgerNames): string {
  const rows = (columns: readonly string[], from: string): string => ledger.jsonRows(Object.fromEntries(columns.map((column) => [column, quoteName(column)])), from)
  const entries = ['id', 'kind', 'state', 'checksum', 'compatible', 'down', 'progress', 'rows', 'run', 'at', 'error', 'description']
  const parts: readonly (readonly [string, string])[] = [
    ['state', rows(['key', 'value'], quoteName(names.state))],
    ['pairs', rows(['fingerprint', 'digest'], quoteName(names.pairs))],
    ['entries', rows(entries, quoteName(names.entries))],
    ['runs', rows(['id', 'build', 'entries'], `(SELECT * FROM ${quoteName(names.runs)} ORDER BY "started" DESC, "id" DESC LIMIT ${RUNS})`)],
  ]
  return parts.map(([name, expression]) => `'${name}', ${expression}`).join(', ')
}

function parseList(text: string | null): readonly string[] {
  const value: unknown = text === null || text === '' ? [] : JSON.parse(text)
  return Array.isArray(value) ? value.map(String) : []
}
