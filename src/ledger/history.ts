/** One run as the ledger remembers it. Times are ISO 8601 by the database's clock, waits in milliseconds. */
export interface HistoryRecord {
  readonly id: string
  readonly command: string
  readonly started: string
  readonly finished: string | null
  readonly outcome: string
  readonly error: string | null
  readonly user: string
  readonly host: string
  readonly application: string
  readonly environment: string
  readonly build: string
  readonly version: string
  readonly steps: readonly HistoryStepRecord[]
}

export interface HistoryStepRecord {
  readonly seq: number
  readonly title: string
  readonly entry: string | null
  readonly sql: string
  readonly rows: number
  readonly started: string
  readonly finished: string | null
  readonly lockWait: number
  readonly outcome: string
  readonly error: string | null
}
