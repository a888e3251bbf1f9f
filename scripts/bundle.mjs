// Joins what belongs to each door of the package into few files: Node reads a hundred small modules far slower than a dozen.
// Types stay as the compiler wrote them. What is shared between doors, or loaded lazily, becomes a chunk of its own.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = new URL('..', import.meta.url)
const { exports, bin } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
const doors = [...Object.values(exports).flatMap((door) => (typeof door === 'object' ? [door.default] : [])), ...Object.values(bin)]

await build({
  absWorkingDir: fileURLToPath(root),
  entryPoints: doors.map((door) => door.replace('./dist/', 'src/').replace(/\.js$/, '.ts')),
  outdir: 'dist',
  outbase: 'src',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'neutral',
  target: 'node20',
  packages: 'external',
  external: ['node:*'],
  chunkNames: 'chunks/[name]-[hash]',
  sourcemap: 'external',
  logLevel: 'warning',
})
