import { TrueupError } from '../errors.ts'

/** Listens to SIGINT and SIGTERM while a command works. */
export interface Interruption {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal
  /** Settles like `work`, or rejects with `interrupted` at the first signal. Only for work that changes nothing. */
  race<T>(work: Promise<T>): Promise<T>
  /** Stops listening. */
  end(): void
}

const NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const

/** The first signal aborts and tells `say`; a second one ends the process at once. */
export function listen(say: (line: string) => void): Interruption {
  const controller = new AbortController()
  const onSignal = (name: NodeJS.Signals): void => {
    // The one place that exits: whoever signals twice wants the process gone, whatever it holds.
    if (controller.signal.aborted) process.exit(128 + NUMBERS[name as keyof typeof NUMBERS])
    say(`${name}: stopping at the next step boundary; a second signal ends at once.`)
    controller.abort(new TrueupError('interrupted', `${name} came before the work was done.`, { hint: 'Nothing is half done: run the command again to go on.' }))
  }
  const names = Object.keys(NUMBERS) as (keyof typeof NUMBERS)[]
  for (const name of names) process.on(name, onSignal)
  return {
    signal: controller.signal,
    race: (work) => Promise.race([work, aborted(controller.signal)]),
    end: () => {
      for (const name of names) process.off(name, onSignal)
    },
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
