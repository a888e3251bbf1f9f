import type { Comparison } from '../../tools.ts'
import { ended } from '../../sql.ts'
import type { Paint } from '../io.ts'
import { comment, runnable, section } from './plan.ts'
import { count, indent, table } from './table.ts'

/** A comparison for a reader: what turns the one into the other, and what could not be compared. */
export function comparisonLines(comparison: Comparison, from: string, to: string, paint: Paint): string[] {
  const { same, steps } = comparison
  return [
    same ? paint('green', `The same: ${from} and ${to}`) : `${count(steps.length, 'step')} from ${from} to ${to}`,
    ...steps.flatMap((step, at) => [
      '',
      `  ${at + 1}. ${step.title}  ${paint(step.class === 'destructive' ? 'red' : step.class === 'safe' || step.class === 'online' ? 'green' : 'yellow', `[${step.class}]`)}`,
      ...step.hazards.map((hazard) => `     ${paint('yellow', hazard.code)}: ${hazard.message}`),
      ...step.statements.flatMap((statement) => indent(ended(statement), 5).map((line) => paint('cyan', line))),
    ]),
    ...section('Not compared', table(unsupported(comparison).map(({ side, kind, name, because }) => [`  ${kind} ${name}`, `${side}: ${because}`])), paint),
  ]
}

/** The same as SQL that a database's own shell can read; everything else is a comment. */
export function comparisonSql(comparison: Comparison, from: string, to: string): string[] {
  return [
    ...comment(`From ${from}`),
    ...comment(`to ${to}: ${comparison.same ? 'the same' : count(comparison.steps.length, 'step')}`),
    ...unsupported(comparison).flatMap(({ side, kind, name, because }) => comment(`Not compared: ${kind} ${name} (${side}: ${because})`)),
    ...comparison.steps.flatMap((step) => ['', ...comment(`${step.title} [${step.class}]`), ...step.hazards.flatMap((hazard) => comment(`${hazard.code}: ${hazard.message}`)), ...runnable(step)]),
  ]
}

function unsupported({ unmanaged }: Comparison): { readonly side: string; readonly kind: string; readonly name: string; readonly because: string }[] {
  return (['from', 'to'] as const).flatMap((side) => unmanaged[side].filter((item) => item.reason === 'unsupported').map((item) => ({ side, ...item })))
}
