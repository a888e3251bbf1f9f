import { build } from 'esbuild'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

let built: Promise<string> | undefined

/**
 * The program that child processes run, as one file: twenty processes that each compile the sources would test the machine.
 * It lies inside the repository, because it finds the drivers from there.
 */
export function buildProgram(): Promise<string> {
  return (built ??= bundle())
}

async function bundle(): Promise<string> {
  const folder = join(import.meta.dirname, '.built', String(process.pid))
  mkdirSync(folder, { recursive: true })
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  await build({
    entryPoints: [join(import.meta.dirname, 'program.ts')], outdir: folder, bundle: true, format: 'esm', platform: 'node', target: 'node20',
    splitting: true, packages: 'external', outExtension: { '.js': '.mjs' }, logLevel: 'error', sourcemap: 'inline',
  })
  return join(folder, 'program.mjs')
}
