import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A program of this bench in a process of its own. */
export interface Program {
  readonly pid: number
  /** Lets it begin, or end. */
  line(): void
  kill(signal: NodeJS.Signals): void
  /** The last line that it printed, once it has ended. */
  readonly ended: Promise<string>
}

/** Starts one and waits until it is ready. */
export async function startProgram(name: string, job: unknown): Promise<Program> {
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL(`./${name}.ts`, import.meta.url)), JSON.stringify(job)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const stop = (): void => void child.kill('SIGKILL')
  process.once('exit', stop)
  let out = ''
  let isReady = (): void => {}
  const ready = new Promise<void>((resolve) => { isReady = resolve })
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
    if (out.startsWith('ready\n')) isReady()
  })
  child.stdin.on('error', () => {})
  const ended = new Promise<string>((resolve) => child.on('close', () => {
    process.off('exit', stop)
    isReady()
    resolve(out.trimEnd().split('\n').at(-1) ?? '')
  }))
  await ready
  return { pid: child.pid ?? 0, ended, line: () => void child.stdin.write('go\n'), kill: (signal) => void child.kill(signal) }
}
