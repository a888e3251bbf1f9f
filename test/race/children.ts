import { spawn } from 'node:child_process'
import { buildProgram } from './build.ts'
import type { Job, Told } from './program.ts'

/** How a child process ended. */
export interface Ended {
  readonly pid: number
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** What it told of its start; `null` when it did not come so far. */
  readonly told: Told | null
  /** Its log and its errors. */
  readonly log: string
  /** Milliseconds from `go` to its end. */
  readonly duration: number
}

export interface Child {
  readonly pid: number
  /** Resolves when it is loaded and waits. */
  readonly ready: Promise<void>
  /** Lets it start. */
  go(): void
  kill(signal?: NodeJS.Signals): void
  /** Resolves when `text` is in its log. */
  logged(text: string): Promise<void>
  /** Resolves when it told of its start, before it ends; `null` when it ended without. */
  readonly told: Promise<Told | null>
  readonly ended: Promise<Ended>
}

/** Longer than any start here takes: a process that is still there then hangs. */
const HANGS_AFTER = 60_000
/** A service stays until it is told. */
const SERVES_AT_MOST = 240_000

/** Starts a process that waits at the barrier. */
export async function startChild(job: Job): Promise<Child> {
  const program = await buildProgram()
  const process_ = spawn(process.execPath, ['--enable-source-maps', program, JSON.stringify({ ...job, barrier: true })], { stdio: ['pipe', 'pipe', 'pipe'] })
  let out = ''
  let log = ''
  let began = Date.now()
  const listeners = new Set<() => void>()
  let isReady = (): void => {}
  let hear = (_told: Told | null): void => {}
  const told = new Promise<Told | null>((resolve) => {
    hear = resolve
  })
  const ready = new Promise<void>((resolve) => {
    isReady = resolve
  })
  process_.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
    if (out.includes('ready\n')) isReady()
    const line = out.split('\n').slice(0, -1).findLast((one) => one.startsWith('{'))
    if (line !== undefined) hear(JSON.parse(line))
  })
  process_.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
    for (const listener of listeners) listener()
  })
  process_.stdin.on('error', () => {})
  const watchdog = setTimeout(() => {
    log += 'HANGS\n'
    process_.kill('SIGKILL')
  }, job.serves === true ? SERVES_AT_MOST : HANGS_AFTER)
  const ended = new Promise<Ended>((resolve) => {
    process_.on('close', (code, signal) => {
      clearTimeout(watchdog)
      isReady()
      hear(null)
      const last = out.trimEnd().split('\n').at(-1) ?? ''
      resolve({ pid: process_.pid ?? 0, code, signal, told: last.startsWith('{') ? JSON.parse(last) : null, log, duration: Date.now() - began })
    })
  })
  return {
    pid: process_.pid ?? 0, ready, told, ended,
    go: () => {
      began = Date.now()
      process_.stdin.write('go\n')
    },
    kill: (signal = 'SIGKILL') => void process_.kill(signal),
    logged: (text) => new Promise((resolve) => {
      const look = (): void => {
        if (!log.includes(text)) return
        listeners.delete(look)
        resolve()
      }
      listeners.add(look)
      look()
    }),
  }
}

/** One start from its beginning to its end. */
export async function runChild(job: Job): Promise<Ended> {
  const child = await startChild(job)
  await child.ready
  child.go()
  return child.ended
}

/** For an assertion's message. */
export const describeEnd = (end: Ended): string => `process ${end.pid} ended with ${end.code ?? end.signal}: ${JSON.stringify(end.told)}\n${end.log}`
