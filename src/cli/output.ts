import { painter, type Io, type Output, type Paint } from './io.ts'

/** What a command prints with. Its answer goes to stdout; everything about the way there goes to stderr. */
export interface Printer {
  readonly paint: Paint
  readonly paintError: Paint
  /** Lines of the answer. */
  lines(...lines: readonly string[]): void
  /** Remarks: lines on stderr. */
  remark(...lines: readonly string[]): void
  /** The answer as one JSON document. */
  json(data: unknown): void
}

export function printer(io: Io): Printer {
  const print = (output: Output, lines: readonly string[]): void => {
    if (lines.length > 0) output.write(`${lines.join('\n')}\n`)
  }
  return {
    paint: painter(io.stdout, io.env),
    paintError: painter(io.stderr, io.env),
    lines: (...lines) => print(io.stdout, lines),
    remark: (...lines) => print(io.stderr, lines),
    json: (data) => print(io.stdout, [JSON.stringify(data, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value), 2)]),
  }
}

type Write = typeof process.stdout.write

/**
 * Keeps stdout for the answer alone: what the configuration, the logger or an entry's code prints meanwhile goes to stderr.
 * Gives a writer to the real stdout and the function that ends it.
 */
export function keepStdout(): { readonly stdout: Output; restore(): void } {
  const { stdout, stderr } = process
  const original = stdout.write
  // Every overload of write takes its arguments in the same order on both streams.
  stdout.write = ((...args: Parameters<Write>) => stderr.write(...args)) as Write
  return {
    stdout: { write: (text) => original.call(stdout, text), isTTY: stdout.isTTY === true, columns: stdout.columns },
    restore: () => {
      stdout.write = original
    },
  }
}
