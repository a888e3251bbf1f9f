import type { Trueup } from '../api.ts'
import type { Request } from './arguments.ts'
import type { CommandName } from './catalogue.ts'
import { exitCodeOf, failureData, reportFailure } from './failure.ts'
import { listen } from './interrupt.ts'
import type { Io } from './io.ts'
import { keepStdout, printer } from './output.ts'
import type { Command, Source } from './run.ts'

const COMMANDS: { readonly [N in CommandName]: () => Promise<{ readonly command: Command<N> }> } = {
  init: () => import('./commands/init.ts'),
  status: () => import('./commands/status.ts'),
  apply: () => import('./commands/apply.ts'),
  check: () => import('./commands/check.ts'),
  lint: () => import('./commands/lint.ts'),
  plan: () => import('./commands/plan.ts'),
  history: () => import('./commands/history.ts'),
  rollback: () => import('./commands/rollback.ts'),
  baseline: () => import('./commands/baseline.ts'),
  diff: () => import('./commands/diff.ts'),
  pull: () => import('./commands/pull.ts'),
  snapshot: () => import('./commands/snapshot.ts'),
  new: () => import('./commands/new.ts'),
  rehearse: () => import('./commands/rehearse.ts'),
  doctor: () => import('./commands/doctor.ts'),
}

type Wanted = Extract<Request, { readonly kind: 'command' }>

/** Runs one command from its loading to its closing; gives the exit code. */
export async function runCommand(source: Source, wanted: Wanted, given: Io): Promise<number> {
  const forProgram = isOn(wanted, 'json') || isOn(wanted, 'sql') || wanted.command === 'lint' || (wanted.command === 'diff' && !isOn(wanted, 'text'))
  // Only the process's own stdout can be mixed up with what others print.
  const kept = forProgram && given.stdout === process.stdout ? keepStdout() : null
  const io = kept === null ? given : { ...given, stdout: kept.stdout }
  const out = printer(io)
  const interruption = listen((line) => out.remark(line))
  const apps = new Map<string | undefined, Promise<Trueup>>()
  const load = (config = wanted.config): Promise<Trueup> => {
    const app = apps.get(config) ?? source(config, io.cwd)
    apps.set(config, app)
    return app
  }
  try {
    const { command } = await COMMANDS[wanted.command]()
    return await (command as Command<CommandName>)(
      { app: load, io, printer: out, interruption, config: wanted.config },
      wanted.parsed,
    )
  } catch (error) {
    return fail(error, io, isOn(wanted, 'json'))
  } finally {
    for (const app of apps.values()) await close(app, io)
    interruption.end()
    kept?.restore()
  }
}

/** Prints a failure, as a document too where a program reads; gives the exit code. */
export function fail(error: unknown, io: Io, json: boolean): number {
  const out = printer(io)
  reportFailure(error, out)
  if (json) out.json(failureData(error))
  return exitCodeOf(error)
}

async function close(app: Promise<Trueup>, io: Io): Promise<void> {
  // An application that could not be loaded has been reported, and holds nothing.
  const loaded = await app.catch(() => undefined)
  await loaded?.close().catch((error: unknown) => reportFailure(error, printer(io)))
}

function isOn(wanted: Wanted, flag: string): boolean {
  const flags: Readonly<Record<string, unknown>> = wanted.parsed.flags
  return flags[flag] === true
}
