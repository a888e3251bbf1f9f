import type { Check } from '../../api.ts'
import type { Diagnostic } from '../../lint/diagnostic.ts'
import type { Paint } from '../io.ts'
import { diagnosticLines } from '../lint/print.ts'
import { driftLines } from './drift.ts'
import { section } from './plan.ts'
import { unmanagedLines } from './unmanaged.ts'

/** The verdict, what is pending, what drifted, what the rules say, and what takes no part. */
export function checkLines(check: Check, address: string, paint: Paint): string[] {
  return [
    check.inSync ? paint('green', `In sync: ${address}`) : paint('yellow', `Not in sync: ${address}`),
    ...section('Pending', check.pending.flatMap((item) => [
      `  ${item.title}${item.entry === undefined ? '' : `  ${item.entry}`}: ${item.because}`,
      ...(item.hint === undefined ? [] : [`      ${item.hint}`]),
    ]), paint),
    ...section('Drift', driftLines(check.drift, paint), paint),
    ...section('Rules', check.diagnostics.filter((item) => !isTold(item, check)).flatMap((item) => diagnosticLines(item, paint)), paint),
    ...unmanagedLines(check.unmanaged, paint),
  ]
}

/** A warning about a difference that the section above has told in the same words. */
const isTold = (diagnostic: Diagnostic, check: Check): boolean =>
  diagnostic.severity === 'warning' && check.drift.some((item) => item.message === diagnostic.message)
