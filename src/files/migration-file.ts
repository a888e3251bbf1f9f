import type { Problem } from '../errors.ts'
import type { SqlEntry } from '../registry/entry.ts'

type Fields = { -readonly [F in keyof SqlEntry]?: SqlEntry[F] }

/** A line of the header: what it sets, or what is wrong with it. */
type Directive = (value: string, fields: Fields) => string | undefined

const list = (value: string): readonly string[] => value.split(',').map((item) => item.trim()).filter((item) => item !== '')

const flag = (value: string): boolean | undefined => (value === 'true' ? true : value === 'false' ? false : undefined)

const DIRECTIVES: Readonly<Record<string, Directive>> = {
  description: (value, fields) => (value === '' ? 'it says nothing' : void (fields.description = value)),
  'depends-on': (value, fields) => (list(value).length === 0 ? 'it names no entry' : void (fields.dependsOn = [...(fields.dependsOn ?? []), ...list(value)])),
  touches: (value, fields) => (list(value).length === 0 ? 'it names no table' : void (fields.touches = [...(fields.touches ?? []), ...list(value)])),
  check: (value, fields) => (value === '' ? 'it has no query' : void (fields.check = value.replace(/;\s*$/, ''))),
  fresh: (value, fields) => (value === 'run' || value === 'skip' ? void (fields.fresh = value) : 'run or skip was expected'),
  transaction: (value, fields) => (flag(value) === undefined ? 'true or false was expected' : void (fields.transaction = flag(value) ?? true)),
  compatible: (value, fields) => (flag(value) === undefined ? 'true or false was expected' : void (fields.compatible = flag(value) ?? false)),
}

const DIRECTIVE = /^\s*--\s*trueup:\s*(\S*)\s*(.*?)\s*$/i

/** `allow I001, L008: reason`: accepted findings of lint. They may stand above the statement that they are for; here they count for the whole entry. */
const ALLOWS: ReadonlySet<string> = new Set(['allow', 'allow-file'])

function allow(value: string, fields: Fields): string | undefined {
  const colon = value.indexOf(':')
  const codes = list(colon < 0 ? value : value.slice(0, colon))
  if (codes.length === 0) return 'it names no rule'
  const reason = colon < 0 ? '' : value.slice(colon + 1).trim()
  fields.allow = { ...fields.allow, ...Object.fromEntries(codes.map((code) => [code, reason])) }
  return undefined
}

/** Directives that may be given once for each of several lines. */
const REPEATABLE: ReadonlySet<string> = new Set(['depends-on', 'touches'])

/**
 * Reads one migration file. `text` is `null` when the file could not be read as UTF-8.
 * Never throws: what is wrong is among the problems, each with its line.
 */
export function readMigrationFile(name: string, text: string | null): { readonly entry: SqlEntry | null; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  if (text === null) return { entry: null, problems: [{ subject: name, message: 'it is no file of UTF-8 text' }] }
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  const fields: Fields = {}
  const seen = new Set<string>()
  let header = true
  let down: number | undefined
  lines.forEach((line, index) => {
    const found = DIRECTIVE.exec(line)
    const subject = `${name}:${index + 1}`
    if (found === null) {
      if (line.trim() !== '' && !line.trimStart().startsWith('--')) header = false
      return
    }
    const [, word = '', value = ''] = found
    if (word === 'down') {
      if (down !== undefined) problems.push({ subject, field: 'down', message: 'it is there twice' })
      else if (value !== '') problems.push({ subject, field: 'down', message: 'nothing may follow it on its line' })
      down ??= index
      return
    }
    const message = directive(word, value, header && down === undefined, seen, fields)
    if (message !== undefined) problems.push({ subject, field: word, message, hint: `Known: ${[...Object.keys(DIRECTIVES), 'allow', 'down'].join(', ')}.` })
  })
  // The header is not part of what acts: a better description changes no checksum.
  const up = lines.slice(0, down).filter((line) => !DIRECTIVE.test(line)).join('\n').trim()
  const undo = down === undefined ? undefined : lines.slice(down + 1).join('\n').trim()
  if (!hasSql(up)) problems.push({ subject: name, field: 'up', message: 'it holds no SQL' })
  if (undo !== undefined && !hasSql(undo)) problems.push({ subject: name, field: 'down', message: 'no SQL follows it', hint: 'Leave the line out when nothing undoes it.' })
  if (problems.length > 0) return { entry: null, problems }
  const entry: SqlEntry = { id: name.replace(/\.sql$/, ''), ...fields, up, ...(undo !== undefined && { down: undo }) }
  return { entry, problems }
}

function directive(word: string, value: string, inHeader: boolean, seen: Set<string>, fields: Fields): string | undefined {
  if (ALLOWS.has(word)) return allow(value, fields)
  if (!Object.hasOwn(DIRECTIVES, word)) return 'trueup knows no such line'
  if (!inHeader) return 'it must stand above the SQL'
  if (seen.has(word) && !REPEATABLE.has(word)) return 'it is there twice'
  seen.add(word)
  return DIRECTIVES[word]?.(value, fields)
}

/** Something besides comments and blanks. */
const hasSql = (text: string): boolean =>
  text.split('\n').some((line) => line.trim() !== '' && !line.trimStart().startsWith('--'))
