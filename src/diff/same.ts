/**
 * True when two values say the same. `undefined` on either side, at any depth, was not said and equals everything;
 * `null` is a statement of its own.
 */
export function same(from: unknown, to: unknown): boolean {
  if (from === to || from === undefined || to === undefined) return true
  if (from === null || to === null || typeof from !== 'object' || typeof to !== 'object') return false
  if (Array.isArray(from) || Array.isArray(to)) return Array.isArray(from) && Array.isArray(to) && sameList(from, to)
  return sameMembers(from, to)
}

function sameList(from: readonly unknown[], to: readonly unknown[]): boolean {
  return from.length === to.length && from.every((item, i) => item === to[i] || same(item, to[i]))
}

function sameMembers(from: object, to: object): boolean {
  // Schemas are plain data: a loop over them meets own members only.
  for (const key in from) {
    const [value, other] = [(from as Record<string, unknown>)[key], (to as Record<string, unknown>)[key]]
    // A key that `to` leaves out was not said there.
    if (value !== other && Object.hasOwn(to, key) && !same(value, other)) return false
  }
  return true
}
