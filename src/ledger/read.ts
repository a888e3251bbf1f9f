import type { HistoryRecord } from './history.ts'
import type { LedgerNames, LedgerStyle, Session } from '../dialects/dialect.ts'
import type { SqlWriter } from '../sql.ts'

/** The runs and their steps, newest run first, at most `limit` runs. Reads only. */
export async function readHistory(session: Session, names: LedgerNames, style: LedgerStyle, writer: SqlWriter, limit: number): Promise<readonly HistoryRecord[]> {
  const table = (name: string): string => (names.schema === '' ? writer.name(name) : `${writer.name(names.schema)}.${writer.name(name)}`)
  const text = (column: string): string => `${writer.name(column)}`
  const recent = `(SELECT * FROM ${table(names.runs)} ORDER BY started DESC, id DESC LIMIT ${Math.max(1, Math.trunc(limit))}) AS r`
  const runs = await session.json<readonly RunRow[]>(
    `SELECT ${style.jsonRows(
      {
        id: text('id'), command: text('command'), started: style.isoText('started'), finished: style.isoText('finished'), outcome: text('outcome'), error: text('error'),
        user: text('db_user'), host: text('host'), application: text('application'), environment: text('environment'), build: text('build'), version: text('version'),
      },
      recent,
    )}`,
  )
  const steps = await session.json<readonly StepRow[]>(
    `SELECT ${style.jsonRows(
      {
        run: text('run'), seq: text('seq'), entry: text('entry'), title: text('title'), sql: text('sql'), rows: text('rows'), started: style.isoText('started'),
        finished: style.isoText('finished'), lockWait: text('lock_wait'), outcome: text('outcome'), error: text('error'),
      },
      `(SELECT s.* FROM ${table(names.steps)} AS s WHERE s.run IN (SELECT r.id FROM ${recent})) AS t`,
    )}`,
  )
  const byRun = new Map<string, StepRow[]>()
  for (const step of steps ?? []) byRun.set(step.run, [...(byRun.get(step.run) ?? []), step])
  return [...(runs ?? [])]
    .sort((a, b) => (a.started < b.started ? 1 : a.started > b.started ? -1 : a.id < b.id ? 1 : -1))
    .map((run) => ({ ...run, steps: (byRun.get(run.id) ?? []).map(({ run: _run, ...step }) => step).sort((a, b) => a.seq - b.seq) }))
}

type RunRow = Omit<HistoryRecord, 'steps'>
type StepRow = HistoryRecord['steps'][number] & { readonly run: string }
