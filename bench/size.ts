// The size of the package, and of each door that an application imports, bundled for a target without a file system.
// Needs `npm run build`.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { bundleDoor, APPLICATION_DOORS } from '../test/package/bundle.ts'
import { judge, printTable } from './lib/report.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const { stdout, stderr, status } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8' })
if (status !== 0) throw new Error(stderr)
const [pack]: readonly { readonly size: number; readonly unpackedSize: number; readonly entryCount: number }[] = JSON.parse(stdout)
const kilo = (bytes: number): number => Math.round(bytes / 100) / 10

const rows = []
for (const door of APPLICATION_DOORS) {
  const { bytes, gzipped, packages } = await bundleDoor(door)
  rows.push({ door: door === '.' ? 'trueup' : `trueup${door.slice(1)}`, 'minified, kB': kilo(bytes), 'gzipped, kB': kilo(gzipped), 'packages inside': packages.length === 0 ? 'none' : packages.join(', ') })
}
printTable('Doors bundled by esbuild for platform neutral, drivers external', rows)
printTable('npm pack', [{ files: pack?.entryCount ?? 0, 'packed, kB': kilo(pack?.size ?? 0), 'unpacked, kB': kilo(pack?.unpackedSize ?? 0) }])
console.log()
judge('packed package', kilo(pack?.size ?? 0), 750, ' kB')
judge('packages inside the doors', rows.filter((row) => row['packages inside'] !== 'none').length, 0, '')
