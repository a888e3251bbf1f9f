import { isTrueupError } from '../errors.ts'
import type { attempt } from './attempt.ts'
import { stepError } from './attempt.ts'
import type { Execution } from './context.ts'
import type { Numbered } from './ddl.ts'

type Work = Parameters<typeof attempt>[2]

/** The step of a group that failed, with the error in its terms; where nobody can tell which it was, the first, and the error names the group. */
export async function culpritOf(execution: Execution, group: readonly Numbered[], work: Work, error: unknown): Promise<Numbered & { readonly error: unknown }> {
  const first = group[0] as Numbered
  const last = group.at(-1) as Numbered
  const isStatements = isTrueupError(error) && (error.code === 'step-failed' || error.code === 'permission-denied' || error.code === 'entry-failed') && error.cause !== undefined
  if (first === last || !isStatements) return { ...first, error }
  const { dialect, session, lockTimeout, defaultSchema } = execution
  const blame = (await dialect.blame?.(session, { step: work.step, lockTimeout, defaultSchema }, error.cause)) ?? null
  const culprit = blame === null ? undefined : ownerOf(group, blame.statement)
  if (culprit !== undefined && blame !== null) return { ...culprit, error: stepError(execution, culprit.step, blame.error) }
  const title = `one of ${group.length} steps that went together, from "${first.step.title}" to "${last.step.title}",`
  return { ...first, error: stepError(execution, { ...first.step, title }, error.cause) }
}

function ownerOf(group: readonly Numbered[], statement: number): Numbered | undefined {
  let count = 0
  return group.find(({ step }) => {
    count += step.statements.length
    return statement < count
  })
}
