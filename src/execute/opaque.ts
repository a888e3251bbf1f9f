import type { StepReport } from '../api.ts'
import type { RunStep, StatementStep } from '../plan/plan.ts'
import { sqlText } from '../registry/registry.ts'
import type { RunContext } from '../registry/registry.ts'
import { isSql } from '../sql.ts'
import type { Attempted } from './attempt.ts'
import { attempt } from './attempt.ts'
import type { Execution } from './context.ts'
import { recordFailure, writeJournal } from './ddl.ts'

/** Carries out a SQL or code entry, unless its check now says that the effect is there. `null`: it was adopted. */
export async function runOpaque(execution: Execution, step: StatementStep | RunStep): Promise<StepReport | null> {
  const began = Date.now()
  const id = step.entry ?? ''
  const entry = execution.facts.get(id)?.entry
  const check = entry?.kind === 'sql' || entry?.kind === 'run' ? entry.entry.check : undefined
  if (check !== undefined && (await execution.askCheck(sqlText(check, execution.dialect.writer))) === true) {
    await writeJournal(execution, execution.journal.entry(id, 'adopted'))
    return null
  }
  const seq = execution.journal.next()
  try {
    const done = step.kind === 'run' ? await runCode(execution, step, seq) : await runSql(execution, step, seq)
    return { id: step.id, title: step.title, phase: step.phase, entry: id, rows: done.rows, duration: Date.now() - began, lockWait: done.lockWait, attempts: done.attempts }
  } catch (error) {
    throw await recordFailure(execution, { step, seq }, error)
  }
}

async function runSql(execution: Execution, step: StatementStep, seq: number): Promise<Attempted> {
  const { journal } = execution
  const work = { step: { statements: step.statements, transaction: step.transaction, locks: [] } }
  const id = step.entry ?? ''
  if (step.transaction) {
    const done = await attempt(execution, step, work, (attempts, lockWait) => [...journal.steps([{ seq, step, outcome: 'done', attempts, lockWait }]), ...journal.entry(id, 'applied')])
    if (done.rows > 0) await writeJournal(execution, journal.finishStep(seq, { ...done, outcome: 'done', error: null }))
    return done
  }
  await writeJournal(execution, journal.entry(id, 'running'))
  const done = await attempt(execution, step, work, () => [])
  await writeJournal(execution, [...journal.steps([{ seq, step, outcome: 'done', rows: done.rows, attempts: done.attempts, lockWait: done.lockWait }]), ...journal.entry(id, 'applied', { rows: done.rows })])
  return done
}

async function runCode(execution: Execution, step: RunStep, seq: number): Promise<Attempted> {
  const { session, journal, dialect } = execution
  const id = step.entry ?? ''
  const entry = execution.facts.get(id)?.entry
  if (entry?.kind !== 'run') return { rows: 0, attempts: 1, lockWait: 0 }
  let rows = 0
  const text = (statement: Parameters<RunContext['query']>[0]): string => (isSql(statement) ? statement.write(dialect.writer) : statement)
  const context: RunContext = {
    query: (statement) => session.query(text(statement)),
    execute: async (statement) => {
      const changed = await session.execute(text(statement))
      rows += changed
      return changed
    },
    client: session.handle,
    signal: execution.signal,
  }
  const record = (): readonly string[] => [...journal.steps([{ seq, step, outcome: 'done', rows }]), ...journal.entry(id, 'applied', { rows })]
  if (!step.transaction) {
    await writeJournal(execution, journal.entry(id, 'running'))
    await entry.entry.run(context)
    await writeJournal(execution, record())
    return { rows, attempts: 1, lockWait: 0 }
  }
  await session.transaction(
    async () => {
      for (const statement of execution.lock.fence) await session.query(statement)
      await entry.entry.run(context)
      for (const statement of record()) await session.execute(statement)
    },
    { settings: dialect.userSettings?.(execution.defaultSchema) ?? [] },
  )
  return { rows, attempts: 1, lockWait: 0 }
}

