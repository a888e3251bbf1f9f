/** How a walk along a table gets on, as its last batches saw it. */
export interface WalkFigures {
  /** Rows changed so far. */
  readonly rows: number
  /** Rows that are to be changed in all; left out where nobody knows. */
  readonly of?: number
  /** Rows gone over a second, rests included. */
  readonly rate?: number
  /** Milliseconds that are left, by the server's statistics. */
  readonly remaining?: number
}

/** Its key in the state table. It is there while somebody works, and stays behind one who died. */
export const figuresKey = (key: string): string => `figures ${key}`

/** The figures of what is open under that key; `null` where there are none that can be read. */
export function readFigures(state: Readonly<Record<string, string>> | undefined, key: string): WalkFigures | null {
  const text = state?.[figuresKey(key)]
  if (text === undefined) return null
  try {
    const said: unknown = JSON.parse(text)
    // Written by us, and of this shape since its first field is there.
    return typeof said === 'object' && said !== null && 'rows' in said ? (said as WalkFigures) : null
  } catch {
    return null
  }
}
