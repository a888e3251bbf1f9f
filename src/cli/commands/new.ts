import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join, relative, resolve } from 'node:path'
import { nearest, UsageError } from '../arguments.ts'
import { nearestConfig } from '../config.ts'
import type { Command } from '../run.ts'
import { only, SKELETONS, sqlSkeleton, type Skeleton, type SkeletonKind } from '../skeletons.ts'

const isKind = (word: string): word is SkeletonKind => Object.hasOwn(SKELETONS, word)

export const command: Command<'new'> = async ({ io, printer, config }, { flags, words }) => {
  const [kind = '', ...rest] = words
  const configFile = config === undefined ? nearestConfig(io.cwd) : resolve(io.cwd, config)
  const base = configFile === null ? io.cwd : dirname(configFile)
  const folderOf = (usual: string): string => (flags.dir === undefined ? join(base, usual) : resolve(io.cwd, flags.dir))
  const tell = (file: string, next: readonly string[]): void =>
    printer.lines(`Wrote ${relative(io.cwd, file)}`, '', 'Next', ...next.map((line, index) => `  ${index + 1}. ${line}`), `  ${next.length + 1}. trueup plan`)
  const place = `\`migrations\` in ${configFile === null ? 'trueup.config.ts' : basename(configFile)}`

  if (kind === 'sql') {
    const id = only(rest, 'sql ID')
    const folder = folderOf('migrations')
    const file = join(folder, `${nextNumber(folder)}-${fileName(id)}.sql`)
    write(file, sqlSkeleton(flags), id)
    const from = relative(base, folder).replaceAll('\\', '/')
    tell(file, [
      'Write the statements, and what undoes them.',
      `Once for the folder: add \`...migrationsFrom(new URL('${from.startsWith('.') ? from : `./${from}`}/', import.meta.url))\` to ${place},`
        + "\n       with `import { migrationsFrom } from 'trueup/files'`.",
    ])
    return 0
  }
  if (!isKind(kind)) throw new UsageError(`there is no kind of entry ${JSON.stringify(kind)}${nearest(kind, [...Object.keys(SKELETONS), 'sql'])}`, 'new')
  const skeleton = SKELETONS[kind](rest, flags)
  const ending = configFile === null ? '.ts' : extname(configFile)
  const file = join(folderOf('entries'), `${fileName(skeleton.id)}${ending}`)
  write(file, render(skeleton, ending), skeleton.id)
  tell(file, [...skeleton.next, `Add it to ${place}:\n       import ${variable(skeleton.id)} from '${importPath(configFile, base, file)}'`])
  return 0
}

/** The number after the highest in the folder, as wide as that one. */
function nextNumber(folder: string): string {
  const numbers = existsSync(folder) ? readdirSync(folder).flatMap((name) => /^(\d+)[-_].+\.sql$/.exec(name)?.[1] ?? []) : []
  const highest = numbers.reduce((most, number) => (BigInt(number) > BigInt(most) ? number : most), '0000')
  return String(BigInt(highest) + 1n).padStart(highest.length, '0')
}

function write(file: string, text: string, id: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text, { flag: 'wx' })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST') throw new UsageError(`${file} is there already and stays as it is; choose another id than ${id}, or another --dir`, 'new')
    if (error instanceof Error && typeof code === 'string') throw new UsageError(`${file} could not be written: ${error.message}`, 'new')
    throw error
  }
}

function render(skeleton: Skeleton, ending: string): string {
  const typed = ending.endsWith('ts')
  const common = ending === '.cts' || ending === '.cjs'
  const names = [...(typed ? ['type Migration'] : []), ...(skeleton.usesSql ? ['sql'] : [])]
  const load = common && !typed ? `const { ${names.join(', ')} } = require('trueup')` : `import { ${names.join(', ')} } from 'trueup'`
  const give = ending === '.cjs' ? 'module.exports =' : 'export default'
  return `${names.length === 0 ? '' : `${load}\n\n`}${give} {\n${skeleton.body.map((line) => `  ${line}`).join('\n')}\n}${typed ? ' satisfies Migration' : ''}\n`
}

/** Letters, digits, `.`, `_` and `-` stay; what a file system may not take becomes `-`. */
const fileName = (id: string): string => id.replace(/[^\p{L}\p{N}._-]+/gu, '-')

function variable(id: string): string {
  const name = id.replace(/[^\p{L}\p{N}]+(.)?/gu, (_, next: string | undefined) => (next ?? '').toUpperCase())
  return /^\p{L}/u.test(name) ? name : `entry${name}`
}

/** As the configuration writes its imports: with `.ts`, with `.js`, or with no ending. */
function importPath(config: string | null, base: string, file: string): string {
  const path = relative(base, file).replaceAll('\\', '/')
  const whole = path.startsWith('.') ? path : `./${path}`
  const other = config === null ? null : /(?:from|import)\s+['"]\.{1,2}\/[^'"]*?(\.[cm]?[jt]s)?['"]/.exec(readFileSync(config, 'utf8'))
  if (other === null || other[1]?.endsWith('ts')) return whole
  return whole.replace(/\.([cm]?)ts$/, other[1] === undefined ? '' : '.$1js')
}
