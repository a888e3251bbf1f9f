import type { Pacing } from './entry.ts'

const GENTLE = 0.1

/** The share of its time that a backfill works; for the other it rests. */
export function shareOf({ pace = 'gentle' }: Pacing): number {
  return pace === 'gentle' ? GENTLE : pace === 'full' ? 1 : pace
}
