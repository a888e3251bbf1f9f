/** PostgreSQL cuts names to this many bytes, in silence but for a notice. */
export const NAME_BYTES = 63

/** A name like the ones that PostgreSQL makes up: `orders_user_id_fkey`, the first part cut so that the whole fits. */
export function madeUpName(table: string, columns: readonly string[], ending: string): string {
  const suffix = `_${ending}`
  return `${cutName([table, ...columns].join('_'), NAME_BYTES - suffix.length)}${suffix}`
}

/** A name as PostgreSQL keeps it: at most so many bytes of UTF-8, and no half character at the end. */
export function cutName(name: string, bytes: number = NAME_BYTES): string {
  // No unit of UTF-16 takes more than three bytes. Names are cut for every column that is read, and hardly one is long.
  if (name.length * 3 <= bytes) return name
  let length = 0
  let end = 0
  for (const character of name) {
    length += bytesOf(character.codePointAt(0) ?? 0)
    if (length > bytes) return name.slice(0, end)
    end += character.length
  }
  return name
}

const bytesOf = (code: number): number => (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4)
