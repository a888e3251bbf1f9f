import { TrueupError } from '../errors.ts'
import type { Rehearsal } from './report.ts'

export interface Requirement {
  /** Names the plan that is to follow; see `planKey`. */
  readonly plan: string
  /** Milliseconds after which a rehearsal counts no more. @default any age */
  readonly maxAge?: number
}

const DAY = 86_400_000

/**
 * Lets a plan through that was rehearsed, and nothing else.
 *
 * @throws TrueupError `not-rehearsed`
 */
export function requireRehearsal(rehearsal: Rehearsal, { plan, maxAge }: Requirement): void {
  const age = Date.now() - Date.parse(rehearsal.at)
  const why =
    rehearsal.format !== 1 || !(age > -DAY) ? 'what was given is no report of a rehearsal that this version can read'
      : rehearsal.outcome !== 'ok' ? `the rehearsal of ${rehearsal.at} ${rehearsal.outcome === 'refused' ? 'was refused' : 'failed'}${rehearsal.error === null ? '' : `: ${rehearsal.error.message.replace(/\.$/, '')}`}`
        : rehearsal.plan !== plan ? `the plan that was rehearsed (${rehearsal.plan ?? 'none'}) is not the plan that is to be done now (${plan}): the models, the entries, the options or the database have changed`
          : maxAge !== undefined && age > maxAge ? `the rehearsal is ${(age / DAY).toFixed(1)} days old, and at most ${(maxAge / DAY).toFixed(1)} are allowed`
            : null
  if (why === null) return
  throw new TrueupError('not-rehearsed', `Nothing was done: ${why}.`, {
    hint: `${rehearsal.outcome === 'failed' ? 'Mend what failed there, then rehearse' : 'Rehearse'} it on a copy with the same options, \`trueup rehearse --on URL\`, and start again.`, details: { plan, rehearsed: rehearsal.plan, at: rehearsal.at },
  })
}
