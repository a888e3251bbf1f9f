import type { Trueup } from '../../api.ts'
import type { Finding } from '../../dialects/dialect.ts'
import { isTrueupError } from '../../errors.ts'
import type { Colour } from '../io.ts'
import type { Command } from '../run.ts'

const COLOURS: { readonly [L in Finding['level']]: Colour } = { ok: 'green', info: 'cyan', warning: 'yellow', error: 'red' }
const SYMBOLS: { readonly [L in Finding['level']]: string } = { ok: '✅', info: '💡', warning: '🔶', error: '❌' }

export const command: Command<'doctor'> = async ({ app, printer, interruption }, { flags }) => {
  const loaded = await app()
  const findings = await interruption.race(examineAll(loaded))
  if (flags.json) printer.json(findings)
  else {
    const { paint } = printer
    printer.lines(loaded.options.database.address, ...findings.flatMap((finding) => [
      `  ${paint.terminal ? `${SYMBOLS[finding.level]} ` : ''}${paint(COLOURS[finding.level], finding.level.padEnd(7))}  ${finding.topic}: ${finding.message}`,
      ...(finding.hint === undefined ? [] : finding.hint.split('\n').map((line) => `        ${line}`)),
    ]))
  }
  return findings.some((finding) => finding.level === 'error') ? 1 : 0
}

/** What the connection tells, then what planning finds: missing rights with their GRANTs, a foreign ledger, changed entries. */
async function examineAll(app: Trueup): Promise<readonly Finding[]> {
  let findings: readonly Finding[]
  try {
    findings = await app.examine()
  } catch (error) {
    return findingsOf(error)
  }
  // Without a connection there is no plan; it would only say the same again.
  if (findings.some((finding) => finding.level === 'error' && finding.topic === 'connection')) return findings
  try {
    const plan = await app.plan()
    const message = plan.steps.length === 0 ? 'nothing is pending' : `all rights that the ${plan.steps.length} pending steps need are there`
    return [...findings, { level: 'ok', topic: 'plan', message }]
  } catch (error) {
    return [...findings, ...findingsOf(error)]
  }
}

function findingsOf(error: unknown): readonly Finding[] {
  if (!isTrueupError(error)) throw error
  const whole: Finding = { level: 'error', topic: error.code, message: error.message, ...(error.hint !== undefined && { hint: error.hint }) }
  return [whole, ...error.problems.map((problem): Finding => ({
    level: 'error',
    topic: problem.subject,
    message: problem.message,
    ...(problem.hint !== undefined && { hint: problem.hint }),
  }))]
}
