import { parseArgs } from 'node:util'
import { CATALOGUE, COMMON_FLAGS, isCommand, type CommandName, type CommandText, type Flag, type Parsed } from './catalogue.ts'

/** A mistake in the command line itself. `about` is the command whose help tells more. */
export class UsageError extends Error {
  readonly about: CommandName | undefined

  constructor(message: string, about?: CommandName) {
    super(message)
    this.name = 'UsageError'
    this.about = about
  }
}

export type Request =
  | { readonly kind: 'help'; readonly command: CommandName | undefined }
  | { readonly kind: 'version' }
  | { readonly kind: 'command'; readonly command: CommandName; readonly config: string | undefined; readonly parsed: Parsed<CommandName> }

/** Understands the words after the program's name. Throws `UsageError` for everything that it does not know. */
export function understand(words: readonly string[]): Request {
  const at = words.findIndex((word, index) => !word.startsWith('-') && words[index - 1] !== '--config')
  const name = at === -1 ? undefined : words[at]
  const help = words.includes('--help') || words.includes('-h')
  if (name === undefined) return withoutCommand(words, help)
  if (name === 'help') return { kind: 'help', command: asCommand(words[at + 1]) }
  const command = asCommand(name)
  if (command === undefined || help) return { kind: 'help', command }
  return parseCommand(command, words.toSpliced(at, 1))
}

function withoutCommand(words: readonly string[], help: boolean): Request {
  if (words.length === 0 || help) return { kind: 'help', command: undefined }
  if (words.length === 1 && (words[0] === '--version' || words[0] === '-v')) return { kind: 'version' }
  const flag = (words[0] ?? '').replace(/=.*$/s, '')
  throw new UsageError(`${flag} needs a command before it, such as \`trueup status\`${nearest(flag, ['--help', '--version'])}`)
}

function asCommand(name: string | undefined): CommandName | undefined {
  if (name === undefined) return undefined
  if (isCommand(name)) return name
  throw new UsageError(`there is no command ${JSON.stringify(name)}${nearest(name, Object.keys(CATALOGUE))}`)
}

function parseCommand(command: CommandName, words: readonly string[]): Request {
  const text: CommandText = CATALOGUE[command]
  const flags: Readonly<Record<string, Flag>> = { ...text.flags, ...COMMON_FLAGS }
  // parseArgs splits the words; it is told to let everything through, so that our own messages can name the nearest flag.
  const { tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, { type: flag.type === 'switch' || flag.type === 'optional' ? 'boolean' : 'string' } as const])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const values: Record<string, unknown> = Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [name, flag.type === 'switch' ? false : flag.type === 'list' ? [] : undefined]),
  )
  const rest: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') rest.push(token.value)
    if (token.kind !== 'option') continue
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined
    if (flag === undefined) throw unknownFlag(command, token.rawName, flags)
    setValue(command, values, token.name, flag, token)
  }
  checkWords(command, text, rest)
  const { config, help: _, ...own } = values
  // The loop above built exactly the type that Values derives from the same table.
  return { kind: 'command', command, config: config as string | undefined, parsed: { flags: own, words: rest } as unknown as Parsed<CommandName> }
}

type ValueToken = { readonly value?: string | undefined; readonly inlineValue?: boolean | undefined }

function setValue(command: CommandName, values: Record<string, unknown>, name: string, flag: Flag, token: ValueToken): void {
  const { value } = token
  if (flag.type === 'switch') {
    if (value !== undefined) throw new UsageError(`--${name} takes no value`, command)
    values[name] = true
    return
  }
  if (flag.type === 'optional' && value === undefined) {
    values[name] = true
    return
  }
  if (value === undefined || (token.inlineValue === false && /^--./.test(value))) {
    throw new UsageError(`--${name} needs a value: --${name} ${flag.value ?? 'VALUE'}`, command)
  }
  if (flag.choices && !flag.choices.includes(value)) {
    throw new UsageError(`--${name} ${value}: expected ${either(flag.choices)}${nearest(value, flag.choices)}`, command)
  }
  if (flag.type === 'list') values[name] = [...(values[name] as readonly string[]), value]
  else if (values[name] !== undefined) throw new UsageError(`--${name} was given twice`, command)
  else values[name] = flag.type === 'number' ? wholeNumber(command, name, value) : value
}

function wholeNumber(command: CommandName, name: string, value: string): number {
  if (/^\d{1,15}$/.test(value)) return Number(value)
  throw new UsageError(`--${name} ${value}: expected a whole number, 0 or more`, command)
}

function checkWords(command: CommandName, text: CommandText, words: readonly string[]): void {
  if (words.length < text.words.least) throw new UsageError(`something is missing: trueup ${command} ${text.usage}`, command)
  if (words.length <= text.words.most) return
  const extra = words[text.words.most] ?? ''
  throw new UsageError(`trueup ${command} does not take ${JSON.stringify(extra)}: trueup ${command} ${text.usage}`, command)
}

function unknownFlag(command: CommandName, raw: string, flags: Readonly<Record<string, Flag>>): UsageError {
  return new UsageError(`trueup ${command} has no flag ${raw}${nearest(raw, Object.keys(flags).map((name) => `--${name}`))}`, command)
}

const either = (choices: readonly string[]): string =>
  choices.length < 2 ? choices.join('') : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`

/** `; did you mean --allow?`, or nothing when no candidate is near. */
export function nearest(word: string, candidates: readonly string[]): string {
  const ranked = candidates.map((candidate) => ({ candidate, distance: distance(word, candidate) })).sort((a, b) => a.distance - b.distance)
  const best = ranked[0]
  return best && best.distance <= Math.max(2, Math.floor(word.length / 3)) ? `; did you mean ${best.candidate}?` : ''
}

/** The number of letters to insert, remove, replace or swap with their neighbour. */
function distance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)]
  const cell = (row: number, column: number): number => rows[row]?.[column] ?? 0
  for (let row = 1; row <= from.length; row++) {
    rows.push([row])
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1] ? 0 : 1
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      const costs = [cell(row - 1, column) + 1, cell(row, column - 1) + 1, cell(row - 1, column - 1) + same]
      rows[row]?.push(Math.min(...costs, ...(swapped ? [cell(row - 2, column - 2) + 1] : [])))
    }
  }
  return cell(from.length, to.length)
}
