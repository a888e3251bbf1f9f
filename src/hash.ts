/**
 * A stable text of plain data: keys sorted, `undefined` members left out, bigints and dates as text.
 * Two values that are equal as data give the same text, whatever the order in which they were built.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'bigint') return `"${value}n"`
  if (value instanceof Date) return JSON.stringify(value.toISOString())
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`
  if (typeof value === 'object' && value !== null) return canonicalMembers(value as Readonly<Record<string, unknown>>)
  return JSON.stringify(value) ?? 'null'
}

/** Built by a loop: large schemas are hashed at every start. */
function canonicalMembers(value: Readonly<Record<string, unknown>>): string {
  let text = ''
  // Sorted by code unit, as sort() does.
  for (const key of Object.keys(value).sort()) {
    const member = value[key]
    if (member === undefined || typeof member === 'function') continue
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`
  }
  return `{${text}}`
}

/** SHA-256 of a text as 64 hexadecimal digits. Web Crypto, so that it bundles for any target. */
export async function sha256(text: string): Promise<string> {
  const digest = await globalThis.crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** SHA-256 of plain data, by its canonical text. */
export function fingerprintOf(value: unknown): Promise<string> {
  return sha256(canonicalJson(value))
}
