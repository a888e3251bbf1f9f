/** True when two values say the same; what either side leaves out, at any depth, was not said and equals everything. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b || a === undefined || b === undefined) return true
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, at) => same(item, b[at]))
  }
  return Object.entries(a).every(([key, value]) => !Object.hasOwn(b, key) || same(value, (b as Record<string, unknown>)[key]))
}
