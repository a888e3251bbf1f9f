import { spawnSync } from 'node:child_process'

/**
 * Why `pg_dump` cannot be asked about a server: there is none on PATH, or it is older than the server. `null` when it can.
 *
 * @param version the server's, as `server_version_num`
 */
export function dumpMissing(version: number): string | null {
  const { status, stdout } = spawnSync('pg_dump', ['--version'], { encoding: 'utf8' })
  if (status !== 0) return 'there is no pg_dump on PATH'
  const major = Number(/(\d+)(?:\.\d+|devel|beta\d+|rc\d+)/.exec(stdout)?.[1] ?? 0)
  return major >= Math.floor(version / 10000) ? null : `the pg_dump on PATH is of version ${major}`
}

/** `pg_dump --schema-only` of a database, without what differs from run to run; the order of storage parameters means nothing. */
export function schemaDump(url: string): string {
  const { status, stdout, stderr } = spawnSync('pg_dump', ['--schema-only', '--no-owner', '-d', url], { encoding: 'utf8', maxBuffer: 1 << 27 })
  if (status !== 0) throw new Error(`pg_dump: ${stderr.trim()}`)
  return stdout.replaceAll(/^\\(un)?restrict .*$/gm, '').replaceAll(/(?<=^WITH \()[^()]*(?=\))/gm, (list) => list.split(', ').sort().join(', '))
}
