/*
 * A digest of what a database stores is taken without a lock on any table, and says nothing to another database. Beside the
 * digest of the schema in the ledger's state it tells, later, that the schema is still the one of that digest.
 */

/** Its key in the state table. */
export const STORED_DIGEST = 'stored digest'

/** The value: `stored` was taken before `digest`, so that what changed between them makes the value useless, never wrong. */
export const storedDigest = (stored: string, digest: string): string => `${stored} ${digest}`

/** The digest of the schema, where what is stored is still the same; `null` otherwise. */
export function digestOf(state: Readonly<Record<string, string>> | undefined, stored: string): string | null {
  const [then, digest] = (state?.[STORED_DIGEST] ?? '').split(' ')
  return then === stored && digest !== undefined ? digest : null
}
