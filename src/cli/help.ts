import { CATALOGUE, COMMON_FLAGS, type CommandName, type CommandText, type Flag } from './catalogue.ts'

export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'in sync, or done'],
  [1, 'failed'],
  [2, 'something is pending or has drifted (check, plan --exit-code), or two schemas differ (diff --exit-code)'],
  [3, 'refused by policy'],
  [4, 'gave up waiting; nothing is half done, try again'],
]

/** `trueup --help`. */
export function generalHelp(): string {
  const commands = Object.entries(CATALOGUE).map(([name, text]) => [name, text.summary] as const)
  return [
    'trueup brings a database into line with the models of a service.',
    '',
    'Usage: trueup COMMAND [flags]',
    '',
    'Commands',
    ...columns(commands),
    '',
    'Flags of every command',
    ...flagLines(COMMON_FLAGS),
    ...columns([['--version', 'the version of trueup']], flagWidth(COMMON_FLAGS)),
    '',
    'Exit codes',
    ...columns(EXIT_CODES.map(([code, meaning]) => [String(code), meaning])),
    '',
    'trueup COMMAND --help shows the flags and examples of a command.',
  ].join('\n')
}

/** `trueup COMMAND --help`. */
export function commandHelp(name: CommandName): string {
  const text: CommandText = CATALOGUE[name]
  const flags = { ...text.flags, ...COMMON_FLAGS }
  return [
    `trueup ${name}: ${text.summary}`,
    '',
    `Usage: trueup ${name} ${text.usage}`,
    ...(text.details.length === 0 ? [] : ['', ...text.details]),
    '',
    'Flags',
    ...flagLines(flags),
    '',
    'Examples',
    ...text.examples.flatMap(([command, meaning]) => [`  ${command}`, `      ${meaning}`]),
  ].join('\n')
}

function flagLines(flags: Readonly<Record<string, Flag>>): string[] {
  return columns(Object.entries(flags).map(([name, flag]) => [flagTitle(name, flag), flag.text]))
}

const flagTitle = (name: string, flag: Flag): string => `--${name}${flag.value === undefined ? '' : flag.type === 'optional' ? `[=${flag.value}]` : ` ${flag.value}`}`

const flagWidth = (flags: Readonly<Record<string, Flag>>): number =>
  Math.max(...Object.entries(flags).map(([name, flag]) => flagTitle(name, flag).length))

function columns(rows: readonly (readonly [string, string])[], least = 0): string[] {
  const width = Math.max(least, ...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}
