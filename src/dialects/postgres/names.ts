/** The bytes of a name; the server cuts off what is more. */
export const NAME_BYTES = 63

export const byteLength = (text: string): number => new TextEncoder().encode(text).length

/** Random hexadecimal digits, two a byte: for names that nobody else has. */
export function randomHex(bytes: number): string {
  return Array.from(globalThis.crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Shortens a name to the server's limit in bytes, never inside a character. */
export function clipName(name: string, bytes: number = NAME_BYTES): string {
  if (byteLength(name) <= bytes) return name
  let used = 0
  let clipped = ''
  for (const character of name) {
    used += byteLength(character)
    if (used > bytes) break
    clipped += character
  }
  return clipped
}

/**
 * The name that PostgreSQL makes up for a dependent object: `users_id_seq`. The longer of the two parts is shortened until
 * all fits into 63 bytes (`makeObjectName` in the server's `indexcmds.c`).
 */
export function makeObjectName(first: string, second: string | null, label: string | null): string {
  const overhead = (second === null ? 0 : 1) + (label === null ? 0 : byteLength(label) + 1)
  let firstBytes = byteLength(first)
  let secondBytes = second === null ? 0 : byteLength(second)
  while (firstBytes + secondBytes > NAME_BYTES - overhead) {
    if (firstBytes > secondBytes) firstBytes--
    else secondBytes--
  }
  return [clipName(first, firstBytes), second === null ? null : clipName(second, secondBytes), label].filter((part) => part !== null).join('_')
}

const PLAIN = /^[a-z_][a-z0-9_]*$/

/** A name as the server prints it: quoted only where it must be. */
export function printName(name: string): string {
  return PLAIN.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`
}

/** Words that `quote_ident` quotes: all keywords but the unreserved ones (PostgreSQL 14 to 18). */
const RESERVED: ReadonlySet<string> = new Set(
  `all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char character check coalesce
  collate collation column concurrently constraint create cross current_catalog current_date current_role current_schema current_time
  current_timestamp current_user dec decimal default deferrable desc distinct do else end except exists extract false fetch float for foreign
  freeze from full grant greatest group grouping having ilike in initially inner inout int integer intersect interval into is isnull join
  lateral leading least left like limit localtime localtimestamp national natural nchar none normalize not notnull null nullif numeric offset
  on only or order out outer overlaps overlay placing position precision primary real references returning right row select session_user
  setof similar smallint some substring symmetric system_user table tablesample then time timestamp to trailing treat trim true union unique user
  using values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces
  xmlparse xmlpi xmlroot xmlserialize xmltable json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar
  json_serialize json_table json_value merge_action`.split(/\s+/),
)
