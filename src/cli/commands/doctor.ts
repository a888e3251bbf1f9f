import type { Finding } from '../../dialects/dialect.ts'
import { isTrueupError } from '../../errors.ts'
import type { Colour } from '../io.ts'
import type { Command } from '../run.ts'

const COLOURS: { readonly [L in Finding['level']]: Colour } = { ok: 'green', info: 'cyan', warning: 'yellow', error: 'red' }
const SYMBOLS: { readonly [L in Finding['level']]: string } = { ok: '✅', info: '💡', warning: '🔶', error: '❌' }

export const command: Command<'doctor'> = async ({ app, printer, interruption }, { flags }) => {
  const loaded = await app()
  const findings = await interruption.race(loaded.examine()).catch(findingsOf)
  if (flags.json) printer.json(findings)
  else {
    const { paint } = printer
    printer.lines(loaded.options.database.address, ...findings.flatMap((finding) => [
      `  ${paint.terminal ? `${SYMBOLS[finding.level]} ` : ''}${paint(COLOURS[finding.level], finding.level.padEnd(7))}  ${finding.topic}: ${finding.message}${finding.rule === undefined ? '' : ` (docs/rules/${finding.rule}.md)`}`,
      ...(finding.hint === undefined ? [] : finding.hint.split('\n').map((line) => `        ${line}`)),
    ]))
  }
  return findings.some((finding) => finding.level === 'error') ? 1 : 0
}

/** Without a connection there is one finding: why. */
function findingsOf(error: unknown): readonly Finding[] {
  if (!isTrueupError(error) || error.code === 'interrupted') throw error
  const whole: Finding = { level: 'error', topic: error.code, message: error.message, ...(error.hint !== undefined && { hint: error.hint }) }
  return [whole, ...error.problems.map((problem): Finding => ({
    level: 'error',
    topic: problem.subject,
    message: problem.message,
    ...(problem.hint !== undefined && { hint: problem.hint }),
  }))]
}
