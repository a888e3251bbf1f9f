import type { StatementStep } from '../plan/plan.ts'
import type { Execution } from './context.ts'

/** Milliseconds between two reports of work that takes its time. */
const EVERY = 1_000

/**
 * Reports how far a long step is while it works. Costs nothing where it ends within a second.
 *
 * @returns ends the reports
 */
export function watchStep(execution: Execution, step: StatementStep): () => void {
  const began = Date.now()
  let end = (): void => {}
  const report = (figures: Parameters<Parameters<NonNullable<Execution['dialect']['watch']>>[2]>[0]): void =>
    execution.onProgress({
      event: 'work', title: step.title, elapsed: Date.now() - began, ...(step.entry !== undefined && { entry: step.entry }),
      ...(figures !== null && { phase: figures.phase, rows: figures.done, of: figures.of, unit: figures.unit }),
    })
  const backend = execution.lock.backend ?? Number(execution.session.id)
  const timer = setTimeout(() => {
    end = execution.dialect.watch?.(backend, EVERY, report) ?? end
  }, EVERY)
  timer.unref()
  return () => {
    clearTimeout(timer)
    end()
  }
}
