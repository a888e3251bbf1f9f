import type { Pacing } from '../registry/registry.ts'

type Window = NonNullable<Pacing['window']>

/** Whether a moment lies between two times of day; from a later to an earlier one goes over midnight. */
export function isOpen(window: Window, moment: Date): boolean {
  const now = minutesOf(timeIn(window.timeZone ?? 'UTC', moment))
  const from = minutesOf(window.from)
  const to = minutesOf(window.to)
  return from <= to ? now >= from && now < to : now >= from || now < to
}

const timeIn = (timeZone: string, moment: Date): string => new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(moment)

function minutesOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':')
  return Number(hours) * 60 + Number(minutes)
}
