import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** The built executable, as a user has it. */
export const BIN = join(root, 'dist/cli/bin.js')

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A user's project in a folder of its own, where trueup and its drivers are installed. */
export interface Project {
  readonly folder: string
  write(name: string, text: string): void
  remove(name: string): void
  /** Starts the command line with stdin closed. */
  start(words: readonly string[], options?: StartOptions): ChildProcess
  /** Runs it to its end. */
  run(words: readonly string[], options?: StartOptions): Promise<Outcome>
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly nodeFlags?: readonly string[]
  /** A program of the project instead of the command line. */
  readonly script?: string
}

export function project(t: TestContext, files: Readonly<Record<string, string>> = {}): Project {
  const folder = mkdtempSync(join(tmpdir(), 'trueup cli ü-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'node_modules/@electric-sql'), { recursive: true })
  symlinkSync(root, join(folder, 'node_modules/trueup'))
  symlinkSync(join(root, 'node_modules/@electric-sql/pglite'), join(folder, 'node_modules/@electric-sql/pglite'))
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  write('package.json', '{ "type": "module" }')
  for (const [name, text] of Object.entries(files)) write(name, text)
  const start: Project['start'] = (words, options = {}) => {
    const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env
    return spawn(process.execPath, [...(options.nodeFlags ?? []), options.script === undefined ? BIN : join(folder, options.script), ...words], {
      cwd: join(folder, options.cwd ?? '.'),
      env: { ...env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }
  return { folder, write, remove: (name) => rmSync(join(folder, name)), start, run: (words, options) => outcomeOf(start(words, options)) }
}

/** Waits for the end of a process. Fails when it does not end by itself. */
export function outcomeOf(child: ChildProcess): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let [stdout, stderr] = ['', '']
    child.stdout?.on('data', (data: Buffer) => (stdout += String(data)))
    child.stderr?.on('data', (data: Buffer) => (stderr += String(data)))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`did not end:\n${stdout}\n${stderr}`))
    }, 60_000)
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ code, stdout, stderr })
    })
  })
}
