import { styleText } from 'node:util'

/** Where text goes: a process's stream or anything with these members. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/** What the command line is given by its surroundings. All of it comes from the process unless said. */
export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** The folder to start from. */
  readonly cwd: string
}

export function processIo(given: Partial<Io> = {}): Io {
  return { stdout: process.stdout, stderr: process.stderr, env: process.env, cwd: process.cwd(), ...given }
}

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim'

/** Writes for one stream: colours and symbols only where a person looks at it. */
export interface Paint {
  readonly terminal: boolean
  (colour: Colour, text: string): string
}

/** Colours need a terminal and no NO_COLOR; symbols need a terminal. */
export function painter(output: Output, env: Io['env']): Paint {
  const terminal = output.isTTY === true && env['TERM'] !== 'dumb'
  const coloured = terminal && (env['NO_COLOR'] ?? '') === ''
  const paint = (colour: Colour, text: string): string => (coloured ? styleText(colour, text, { validateStream: false }) : text)
  return Object.assign(paint, { terminal })
}
