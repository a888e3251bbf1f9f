import type { Fill, Key } from '../dialects/dialect.ts'
import { keyOf } from '../schema/schema.ts'
import type { Execution } from './context.ts'

/** How far a walk came: the literals of the last key done, and the rows changed so far. */
export interface Place {
  readonly after: Key | null
  readonly rows: number
}

export const START: Place = { after: null, rows: 0 }

/** Where the place of a walk is kept. All of it is statements that commit with what they tell of. */
export interface PlaceStore {
  /** Where an earlier start left it. */
  read(): Promise<Place>
  /** Written before the first batch, so that there is something to move. */
  begin(place: Place): readonly string[]
  /** One statement, which must come first after the batch: the last key as JSON text and the rows so far, as expressions. */
  move(after: string, rows: string): readonly string[]
  /** When all is done. */
  end(rows: number): readonly string[]
}

/** The place of a backfill entry is part of its row in the ledger. */
export function entryPlace({ journal, facts }: Execution, id: string): PlaceStore {
  return {
    read: () => {
      const fact = facts.get(id)
      const recorded = fact?.recorded
      // One that failed and was corrected since is other work, and begins anew.
      const isSame = recorded != null && (recorded.state === 'running' || recorded.state === 'failed') && recorded.checksum === fact?.checksum
      return Promise.resolve(isSame && recorded.progress !== null ? { after: JSON.parse(recorded.progress) as Key | null, rows: recorded.rows } : START)
    },
    begin: (place) => journal.entry(id, 'running', { progress: JSON.stringify(place.after), rows: place.rows }),
    move: (after, rows) => journal.progress(id, after, rows),
    end: (rows) => journal.entry(id, 'applied', { rows }),
  }
}

/** The rows that a fill has changed, by its place in the ledger's facts. */
export function filledSoFar(state: Readonly<Record<string, string>> | undefined, fill: Pick<Fill, 'table' | 'column'>): number {
  const text = state?.[placeKey(fill)]
  return text === undefined ? 0 : (JSON.parse(text) as Place).rows
}

/** Where the place of a fill is kept. */
export const placeKey = (fill: Pick<Fill, 'table' | 'column'>): string => `fill ${keyOf(fill.table).replaceAll('\u0000', '.')}.${fill.column}`

/** The place of any other walk is a fact of the ledger's under a key of its own, gone when it is done. */
export function statePlace({ session, journal }: Execution, key: string): PlaceStore {
  return {
    read: async () => {
      const value = await session.first(journal.stateQuery(key))
      return value === null ? START : (JSON.parse(value) as Place)
    },
    begin: (place) => journal.state(key, JSON.stringify(place)),
    move: (after, rows) => journal.changeState(key, `'{"after":' || ${after} || ',"rows":' || (${rows}) || '}'`),
    end: () => journal.forgetState(key),
  }
}
