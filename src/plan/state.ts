import type { EntryFact } from './input.ts'

/** What a start makes of an entry, before it looks at the database. */
export type EntryPlanState = 'done' | 'pending' | 'held' | 'changed'

/** A rolled-back entry is held until its content changes or it is asked for; a done one must not have changed. */
export function stateOf(fact: EntryFact): EntryPlanState {
  const { recorded, checksum, included } = fact
  if (recorded === null || recorded.state === 'failed') return 'pending'
  const same = recorded.checksum === checksum
  if (recorded.state === 'held') return same && !included ? 'held' : 'pending'
  if (!same) return 'changed'
  return recorded.state === 'running' ? 'pending' : 'done'
}
