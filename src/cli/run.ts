import type { Trueup } from '../api.ts'
import { understand, type Request } from './arguments.ts'
import type { CommandName, Parsed } from './catalogue.ts'
import type { Interruption } from './interrupt.ts'
import { processIo, type Io } from './io.ts'
import type { Printer } from './output.ts'

/** What a command works with. */
export interface Context {
  /** The application, loaded when first asked for; that of another configuration where one is named. */
  app(config?: string): Promise<Trueup>
  readonly io: Io
  readonly printer: Printer
  readonly interruption: Interruption
  /** The configuration file that was named, if any. */
  readonly config: string | undefined
}

/** A command: does its work, prints, and gives the exit code. */
export type Command<N extends CommandName> = (context: Context, parsed: Parsed<N>) => Promise<number>

/** Gives the application for a configuration that was named or is to be found. */
export type Source = (config: string | undefined, cwd: string) => Promise<Trueup>

/**
 * The command line of trueup for a program of your own: `await runCli(app, process.argv)`. Sets `process.exitCode`, closes
 * the application, and never ends the process itself (but for a second SIGINT or SIGTERM).
 *
 * @returns the exit code: 0 done, 1 failed, 2 pending or drifted, 3 refused by policy, 4 gave up waiting
 */
export function runCli(app: Trueup, argv: readonly string[], io?: Partial<Io>): Promise<number> {
  return runWith(async (config) => {
    if (config !== undefined) throw new (await import('./arguments.ts')).UsageError('--config is not taken here: this program brings its own configuration')
    return app
  }, argv, io)
}

/** The same with the application still to be loaded. */
export async function runWith(source: Source, argv: readonly string[], given?: Partial<Io>): Promise<number> {
  const io = processIo(given)
  const code = await run(source, argv.slice(2), io)
  process.exitCode = code
  return code
}

async function run(source: Source, words: readonly string[], io: Io): Promise<number> {
  let request: Request
  try {
    request = understand(words)
  } catch (error) {
    return (await import('./session.ts')).fail(error, io, words.includes('--json'))
  }
  switch (request.kind) {
    case 'help': {
      const { commandHelp, generalHelp } = await import('./help.ts')
      io.stdout.write(`${request.command === undefined ? generalHelp() : commandHelp(request.command)}\n`)
      return 0
    }
    case 'version': {
      const { version } = await import('./version.ts')
      io.stdout.write(`${version()}\n`)
      return 0
    }
    case 'command':
      return (await import('./session.ts')).runCommand(source, request, io)
  }
}
