import { TrueupError } from '../../../errors.ts'

/** How long, and as long as nobody asks to stop. */
export interface Patience {
  /** As `Date.now()` counts. */
  readonly deadline: number
  readonly signal?: AbortSignal | undefined
}

/** The longest that a timer takes. Milliseconds. */
const LONGEST = 2 ** 31 - 1

export const forAWhile = (): Patience => ({ deadline: Date.now() + 60_000 })

/**
 * Waits for a connection, but not for ever. One that arrives too late is handed to `late`, so that it is not lost.
 *
 * @throws TrueupError `connection-failed` with the message, `interrupted`
 */
export function within<T>(patience: Patience, work: Promise<T>, late: (value: T) => void, message: string): Promise<T> {
  return new Promise((resolve, reject) => {
    let isOver = false
    const finish = (act: () => void): void => {
      if (isOver) return
      isOver = true
      clearTimeout(timer)
      patience.signal?.removeEventListener('abort', stop)
      act()
    }
    const stop = (): void => finish(() => reject(stopped()))
    const give = (): void => finish(() => reject(new TrueupError('connection-failed', message, { hint: 'Nothing was changed. Start again when it is free, or raise connectTimeout.' })))
    const timer = setTimeout(give, Math.min(LONGEST, Math.max(0, patience.deadline - Date.now())))
    if (patience.signal?.aborted === true) stop()
    else patience.signal?.addEventListener('abort', stop, { once: true })
    work.then(
      (value) => (isOver ? late(value) : finish(() => resolve(value))),
      (error: unknown) => finish(() => reject(error)),
    )
  })
}

/** Sleeps; rejects with `interrupted` as soon as the signal says so. */
export function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  const pause = new Promise<void>((resolve) => setTimeout(resolve, milliseconds))
  return within({ deadline: Number.MAX_SAFE_INTEGER, signal }, pause, () => {}, '')
}

function stopped(): TrueupError {
  return new TrueupError('interrupted', 'Stopped while waiting for the database, because it was asked to. Nothing was changed.', { hint: 'Start again.' })
}
