import type { Progress } from '../api.ts'
import type { Io } from './io.ts'
import type { Printer } from './output.ts'

/** Shows how far long work is, on stderr: a bar on a terminal, a plain line every few seconds elsewhere. */
export interface ProgressView {
  readonly report: (progress: Progress) => void
  /** Takes the bar away. */
  end(): void
}

const PLAIN_EVERY = 5_000
const BAR_WIDTH = 24

export function progressView(io: Io, printer: Printer): ProgressView {
  return printer.paintError.terminal ? bar(io) : plainLines(printer)
}

function plainLines(printer: Printer): ProgressView {
  let last = performance.now()
  const report = (progress: Progress): void => {
    if ((progress.event !== 'batch' && progress.event !== 'work') || performance.now() - last < PLAIN_EVERY) return
    last = performance.now()
    printer.remark(`${progress.entry ?? progress.title}: ${workOf(progress)}, ${seconds(progress.elapsed)}${speedOf(progress)}`)
  }
  return { report, end: () => undefined }
}

function bar(io: Io): ProgressView {
  let drawn = false
  const restore = [process.stdout, process.stderr].map((stream) => clearBefore(stream, () => clear()))
  // Our own writes go past the guard that clears the bar before everybody else's.
  const raw = io.stderr === process.stderr ? restore[1]?.write ?? io.stderr.write.bind(io.stderr) : io.stderr.write.bind(io.stderr)
  const clear = (): void => {
    if (!drawn) return
    drawn = false
    raw('\r\u001b[2K')
  }
  return {
    report: (progress) => {
      clear()
      if (progress.event === 'done') return
      drawn = true
      raw(barText(progress).slice(0, (io.stderr.columns ?? 80) - 1))
    },
    end: () => {
      clear()
      for (const { undo } of restore) undo()
    },
  }
}

function clearBefore(stream: NodeJS.WriteStream, clear: () => void): { write(text: string): void; undo(): void } {
  const original = stream.write
  type Write = typeof stream.write
  // Every overload is passed on as it came.
  stream.write = ((...args: Parameters<Write>) => {
    clear()
    return original.apply(stream, args)
  }) as Write
  return {
    write: (text) => original.call(stream, text),
    undo: () => {
      stream.write = original
    },
  }
}

function barText(progress: Progress): string {
  const place = progress.step === undefined ? '' : `[${progress.step}/${progress.steps ?? '?'}] `
  if (progress.event === 'paused') return `${place}${progress.entry ?? progress.title} pauses: ${progress.reason ?? ''} ${seconds(progress.elapsed)}`
  const hasFigures = (progress.event === 'batch' || progress.event === 'work') && progress.of !== undefined && (progress.event === 'batch' || progress.of > 0)
  if (!hasFigures) return `${place}${progress.title} ${progress.event === 'work' ? `${workOf(progress)}, ` : ''}${seconds(progress.elapsed)}`
  const part = progress.of === undefined || progress.of === 0 ? 1 : Math.min(1, (progress.rows ?? 0) / progress.of)
  const full = Math.round(part * BAR_WIDTH)
  return `${place}${progress.entry ?? progress.title} ${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)} ${workOf(progress)} ${seconds(progress.elapsed)}${speedOf(progress)}`
}

/** How fast it goes, and how long it will take like this. */
export function speedOf({ rate, remaining }: Pick<Progress, 'rate' | 'remaining'>): string {
  const speed = rate === undefined ? '' : `, ${rate.toLocaleString('en')} rows/s`
  return remaining === undefined || remaining === 0 ? speed : `${speed}, about ${seconds(remaining)} left`
}

function workOf(progress: Progress): string {
  if (progress.event === 'work' && progress.of === undefined) return 'at work, the server gives no figures'
  return progress.phase === undefined ? rowsOf(progress) : `${progress.phase}${progress.of === 0 ? '' : `, ${rowsOf(progress)}`}`
}

function rowsOf({ rows = 0, of, unit = 'rows' }: Progress): string {
  const done = rows.toLocaleString('en')
  // Statistics may be older than the rows: what has been reached is no estimate of the whole.
  if (of === undefined || of <= rows) return `${done} ${unit}`
  return `${done} of about ${of.toLocaleString('en')} ${unit} (${Math.min(100, Math.floor((rows / of) * 100))} %)`
}

/** Milliseconds for people: `120 ms`, `8.4 s`, `3 min 5 s`. */
export function seconds(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`
  return `${Math.floor(milliseconds / 60_000)} min ${Math.floor((milliseconds % 60_000) / 1000)} s`
}
