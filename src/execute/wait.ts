import { TrueupError } from '../errors.ts'

/** Waits, or rejects with `interrupted` as soon as the signal says so. */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(interrupted())
    const timer = setTimeout(done, milliseconds)
    function done(): void {
      signal?.removeEventListener('abort', stop)
      resolve()
    }
    function stop(): void {
      clearTimeout(timer)
      reject(interrupted())
    }
    signal?.addEventListener('abort', stop, { once: true })
  })
}

/** Called at every step boundary. */
export function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw interrupted()
}

export function interrupted(): TrueupError {
  return new TrueupError('interrupted', 'Stopped between two steps because it was asked to. What was done is recorded, nothing is half done.', {
    hint: 'Start again: it goes on where it stopped.',
  })
}

/** A random share more or less, so that many who wait do not come back at the same moment. */
export const jitter = (milliseconds: number): number => milliseconds * (0.5 + Math.random())
