import type { OpenStep } from '../../api.ts'
import type { Colour, Paint } from '../io.ts'
import { speedOf } from '../progress.ts'
import { time } from './table.ts'

const COLOURS: { readonly [S in OpenStep['state']]: Colour } = { running: 'green', open: 'yellow', parked: 'yellow', failed: 'red' }

/** Long steps that are not done: who works on each, since when, how far it is, and why the last try ended. */
export function openLines(steps: readonly OpenStep[], paint: Paint): string[] {
  return steps.flatMap((step) => [
    `  ${step.title}  [${paint(COLOURS[step.state], step.state)}]${since(step)}${progress(step)}`,
    ...(step.owner === null ? [] : [paint('dim', `      by ${step.owner}`)]),
    ...(step.error === null ? [] : [`      ${paint('red', step.error.replaceAll('\n', '\n      '))}`]),
  ])
}

const since = (step: OpenStep): string => (step.since === null ? '' : `, since ${time(step.since)}`)

function progress({ progress: at }: OpenStep): string {
  if (at === null) return ''
  const of = at.of === undefined || at.of === 0 ? '' : ` of about ${at.of.toLocaleString('en')}`
  return `, ${at.phase === undefined ? '' : `${at.phase}: `}${at.done.toLocaleString('en')}${of} ${at.unit}${speedOf(at)}`
}
