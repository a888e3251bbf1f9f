import type { Blame, RunRequest, Session } from '../dialect.ts'

/** Statements go one by one: the text of the one that failed is kept beside its error. */
const TEXTS = new WeakMap<object, string>()

export function noteFailed(error: unknown, text: string): void {
  if (typeof error === 'object' && error !== null) TEXTS.set(error, text)
}

/** Which statement of a step it was that failed. */
export function blame(_session: Session, { step }: Pick<RunRequest, 'step' | 'lockTimeout' | 'defaultSchema'>, error: unknown): Promise<Blame | null> {
  const text = typeof error === 'object' && error !== null ? TEXTS.get(error) : undefined
  const statement = text === undefined ? -1 : step.statements.findIndex((one) => one.includes(text))
  return Promise.resolve(statement < 0 ? null : { statement, error })
}
