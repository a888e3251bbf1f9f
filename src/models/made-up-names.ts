/** PostgreSQL cuts names to this many bytes, in silence but for a notice. */
const NAME_BYTES = 63

/** A name like the ones that PostgreSQL makes up: `orders_user_id_fkey`, the first part cut so that the whole fits. */
export function madeUpName(table: string, columns: readonly string[], ending: string): string {
  const suffix = `_${ending}`
  return `${cut([table, ...columns].join('_'), NAME_BYTES - suffix.length)}${suffix}`
}

/** At most so many bytes of UTF-8, and no half character at the end. */
function cut(name: string, bytes: number): string {
  let length = 0
  let kept = ''
  for (const character of name) {
    length += new TextEncoder().encode(character).length
    if (length > bytes) return kept
    kept += character
  }
  return name
}
