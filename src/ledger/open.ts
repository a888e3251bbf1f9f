/** A long step that a start left for later, or that somebody is at work on, as the ledger's state keeps it. */
export interface OpenRecord {
  /** `index public.users.users_email`, `entry fill-progress`. */
  readonly key: string
  readonly title: string
  readonly entry: string | null
  /** When it was first left open, ISO 8601, by the database's clock. */
  readonly since: string
  /** The run that works on it, or worked on it last; `null` before the first. */
  readonly run: string | null
  /** The server's number of the session that works on it. */
  readonly backend: number | null
  readonly state: 'open' | 'running' | 'parked' | 'failed'
  /** Why the last try ended. */
  readonly error: string | null
}

const PREFIX = 'open '

/** Its key in the state table. */
export const openStateKey = (key: string): string => `${PREFIX}${key}`

/** The open steps of a ledger, by key. A record that a later layout wrote is passed over: leases decide, not records. */
export function readOpen(state: Readonly<Record<string, string>> | undefined): ReadonlyMap<string, OpenRecord> {
  const found = new Map<string, OpenRecord>()
  for (const [name, text] of Object.entries(state ?? {})) {
    const record = name.startsWith(PREFIX) ? parse(text) : null
    if (record !== null) found.set(name.slice(PREFIX.length), record)
  }
  return found
}

function parse(text: string): OpenRecord | null {
  try {
    const record: unknown = JSON.parse(text)
    const isRecord = typeof record === 'object' && record !== null && 'title' in record && 'since' in record && 'state' in record
    // Written by us, and of this shape since its three first fields are there.
    return isRecord ? (record as OpenRecord) : null
  } catch {
    return null
  }
}
