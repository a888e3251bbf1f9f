import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A project that has installed the packed package, as npm would, and nothing that it was not given. */
export interface Consumer {
  readonly folder: string
  /** The installed package: the very files that would be published. */
  readonly installed: string
  /** What `npm pack` says of it. */
  readonly packed: Packed
  write(path: string, text: string): void
  /** Runs Node in the project. */
  node(args: readonly string[], env?: Readonly<Record<string, string>>): Result
  /** Type-checks the project with the options given, and gives what the compiler says: that of this repository, or TypeScript 5. */
  typecheck(options: Readonly<Record<string, unknown>>, files: readonly string[], compiler?: 'typescript' | 'typescript-5'): string
}

export interface Packed {
  readonly filename: string
  /** Bytes. */
  readonly size: number
  readonly files: readonly { readonly path: string; readonly mode: number }[]
}

export interface Result {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Packs what was built and installs it in a folder of its own, gone with this process. `links` are packages beside it. */
export function makeConsumer(...links: readonly string[]): Consumer {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'trueup-consumer-')))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  if (!existsSync(join(ROOT, 'dist/index.js'))) throw new Error('There is no dist/: run `npm run build` first')
  const text = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const [packed]: readonly Packed[] = JSON.parse(text)
  if (packed === undefined) throw new Error('npm pack packed nothing')
  const installed = join(folder, 'node_modules/trueup')
  mkdirSync(installed, { recursive: true })
  execFileSync('tar', ['-xzf', join(folder, packed.filename), '-C', installed, '--strip-components=1'])
  for (const link of links) {
    const place = join(folder, 'node_modules', link)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(realpathSync(join(ROOT, 'node_modules', link)), place)
  }
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  return {
    folder, installed, packed, write,
    node: (args, env = {}) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } })
      return { status, stdout, stderr }
    },
    typecheck: (options, files, compiler = 'typescript') => {
      write('tsconfig.json', JSON.stringify({ compilerOptions: { ...STRICT, ...options }, files }))
      const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, `node_modules/${compiler}/bin/tsc`), '-p', 'tsconfig.json'], { cwd: folder, encoding: 'utf8' })
      return status === 0 ? '' : `${stdout}${stderr}`
    },
  }
}

/** The declarations of the package are checked too, hence no skipLibCheck. */
const STRICT = {
  target: 'es2022', lib: ['es2023'], strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: false,
  allowImportingTsExtensions: true, types: [],
}
