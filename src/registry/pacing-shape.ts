import type { Problem } from '../errors.ts'

/** The fields that say how a backfill goes, not what it does. */
export const PACING: readonly string[] = ['batchSize', 'batchTime', 'pace', 'maxReplicaLag', 'window']

type Fields = Readonly<Record<string, unknown>>
type Tell = (path: string, message: string, hint?: string) => void

/** What is wrong with how fast a backfill is to go, when, and how many rows it expects. */
export function pacingProblems(backfill: Fields, subject: string): readonly Problem[] {
  const problems: Problem[] = []
  const tell: Tell = (path, message, hint) => problems.push({ subject, field: `backfill.${path}`, message, ...(hint !== undefined && { hint }) })
  const { batchSize, batchTime, pace, maxReplicaLag } = backfill
  if (batchSize !== undefined && !(isWhole(batchSize) && batchSize > 0)) tell('batchSize', 'must be a whole number from 1.')
  if (batchTime !== undefined && !(isNumber(batchTime) && batchTime >= 1)) tell('batchTime', 'must be a number of milliseconds from 1.')
  if (pace !== undefined && pace !== 'gentle' && pace !== 'full' && !(isNumber(pace) && pace > 0 && pace <= 1)) tell('pace', "must be 'gentle', 'full' or a number above 0 and up to 1: the share of time at work.")
  if (maxReplicaLag !== undefined && !(isNumber(maxReplicaLag) && maxReplicaLag >= 0)) tell('maxReplicaLag', 'must be a number of milliseconds from 0.')
  windowProblems(backfill['window'], tell)
  expectProblems(backfill['expect'], tell)
  return problems
}

function windowProblems(window: unknown, tell: Tell): void {
  if (window === undefined) return
  if (!isFields(window)) return tell('window', "must be an object { from: '22:00', to: '06:00', timeZone? }.")
  const { from, to, timeZone } = window
  if (!isTime(from)) tell('window.from', "must be a time of day, such as '22:00'.")
  if (!isTime(to)) tell('window.to', "must be a time of day, such as '06:00'.")
  if (isTime(from) && from === to) tell('window.to', 'is the same as from: the backfill would never run.')
  if (timeZone !== undefined && !isTimeZone(timeZone)) tell('window.timeZone', 'is not a time zone that is known here.', "Give a name of the IANA list, such as 'Europe/Paris', or 'UTC'.")
  unknown(window, ['from', 'to', 'timeZone'], 'window', tell)
}

function expectProblems(expect: unknown, tell: Tell): void {
  if (expect === undefined || (isWhole(expect) && expect >= 0)) return
  if (!isFields(expect)) return tell('expect', 'must be a whole number of rows from 0, or an object { atLeast?, atMost? }.')
  const { atLeast, atMost } = expect
  if (atLeast === undefined && atMost === undefined) tell('expect', 'says neither atLeast nor atMost.')
  if (atLeast !== undefined && !(isWhole(atLeast) && atLeast >= 0)) tell('expect.atLeast', 'must be a whole number from 0.')
  if (atMost !== undefined && !(isWhole(atMost) && atMost >= 0)) tell('expect.atMost', 'must be a whole number from 0.')
  if (isWhole(atLeast) && isWhole(atMost) && atLeast > atMost) tell('expect.atMost', 'is below atLeast: no number of rows would do.')
  unknown(expect, ['atLeast', 'atMost'], 'expect', tell)
}

function unknown(fields: Fields, known: readonly string[], path: string, tell: Tell): void {
  for (const field of Object.keys(fields)) if (!known.includes(field)) tell(`${path}.${field}`, 'is not a field of it.', `Its fields are ${known.join(', ')}.`)
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value)
const isTime = (value: unknown): value is string => typeof value === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(value)

function isTimeZone(value: unknown): boolean {
  try {
    return typeof value === 'string' && new Intl.DateTimeFormat('en', { timeZone: value }).format(0) !== ''
  } catch {
    return false
  }
}
