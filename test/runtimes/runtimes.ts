import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url))

/** A runtime that users have, and how it is started here. */
export interface Runtime {
  readonly title: string
  readonly program: string
  readonly isBun: boolean
  /** The first part of its version; 0 for Bun. */
  readonly major: number
}

interface Known extends Omit<Runtime, 'program'> {
  /** Its packages, by platform. */
  readonly packages: Readonly<Record<string, string>>
}

const node = (major: number, names: (platform: string) => string): Known => ({
  title: `Node ${major}`, isBun: false, major,
  packages: Object.fromEntries((major === 24 ? ['linux-x64', 'linux-arm64', 'darwin-arm64'] : ['linux-x64', 'linux-arm64']).map((platform) => [platform, `${names(platform)}/bin/node`])),
})

const KNOWN: readonly Known[] = [
  node(22, (platform) => `node-22-${platform}`), node(24, (platform) => `node-${platform}`), node(26, (platform) => `node-26-${platform}`),
  // For machines without AVX2, too.
  { title: 'Bun', isBun: true, major: 0, packages: { 'linux-x64': '@oven/bun-linux-x64-baseline/bin/bun', 'linux-arm64': '@oven/bun-linux-aarch64/bin/bun' } },
]

/** The runtime that runs the tests, and those that are installed beside it. One that is missing where CI has it is an error. */
export function runtimes(): readonly Runtime[] {
  const own: Runtime = { title: `Node ${process.versions.node}, which runs the tests`, program: process.execPath, isBun: false, major: Number.parseInt(process.versions.node, 10) }
  const platform = `${process.platform}-${process.arch}`
  const others = KNOWN.flatMap(({ packages, ...runtime }): readonly Runtime[] => {
    const path = packages[platform]
    const program = path === undefined ? null : join(MODULES, path)
    if (program !== null && existsSync(program)) return [{ ...runtime, program }]
    const message = `${runtime.title} is not tested: no package of test/runtimes brings it to ${platform}`
    if (process.env['CI'] === 'true' && platform === 'linux-x64') throw new Error(message)
    console.log(message)
    return []
  })
  return [own, ...others]
}
