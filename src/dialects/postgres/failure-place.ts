/** Where in a message of several statements the server found something wrong. */
export interface Place {
  /** Which of the statements, from 0. */
  readonly statement: number
  /** One-based, in characters of that statement. */
  readonly position: number
}

/** The server counts through the whole message: what it said of a place is kept beside the error, in terms of its statement. */
const PLACES = new WeakMap<object, Place | null>()

/** Notes for an error where it lies; nowhere, when the driver sent another text than is known here. */
export function notePlace(error: unknown, statements: readonly string[], message: string): void {
  if (typeof error !== 'object' || error === null || !('position' in error)) return
  PLACES.set(error, find(Number(error.position), statements, message))
}

/** The same counted from a later statement: those before it were not the author's. */
export function shiftPlace(error: unknown, before: number, count: number): void {
  const place = placeOf(error)
  if (typeof error !== 'object' || error === null || place == null) return
  const statement = place.statement - before
  PLACES.set(error, statement >= 0 && statement < count ? { ...place, statement } : null)
}

/** `undefined` when nothing was noted: what the error says is true of its one statement. `null`: nobody can tell. */
export const placeOf = (error: unknown): Place | null | undefined => (typeof error === 'object' && error !== null ? PLACES.get(error) : undefined)

function find(position: number, statements: readonly string[], message: string): Place | null {
  if (!Number.isInteger(position) || position < 1) return null
  // Characters beyond the basic plane are two units here, and one to the server.
  const at = Array.from(message).slice(0, position - 1).join('').length
  let end = 0
  for (const [statement, text] of statements.entries()) {
    const start = message.indexOf(text, end)
    if (start < 0) return null
    end = start + text.length
    if (at < start) return null
    if (at <= end) return { statement, position: Array.from(message.slice(start, at)).length + 1 }
  }
  return null
}
