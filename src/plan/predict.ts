import type { TableSize, WorkKind } from '../dialects/dialect.ts'

/**
 * What a server does in a second, at the slow end of what was measured on two cores with rows of about 100 bytes: a promise that
 * is kept is worth more than a low figure.
 */
const BYTES_READ = 250_000_000
const BYTES_WRITTEN = 60_000_000
const ROWS_SORTED = 700_000
const ROWS_MATCHED = 1_000_000
const ROWS_FILLED = 60_000

/** Every row is looked at. How fast the server reads this table now says more than what is usual. */
const reading = ({ bytes, rows, readRate }: TableSize): number => (readRate === undefined ? bytes / BYTES_READ + rows / 20_000_000 : bytes / readRate)

const seconds: { readonly [K in WorkKind]: (size: TableSize) => number } = {
  scan: reading,
  rewrite: (size) => size.bytes / BYTES_WRITTEN + size.rows / 2_000_000 + size.indexes * seconds.index(size),
  index: (size) => reading(size) + size.rows / ROWS_SORTED,
  match: (size) => reading(size) + size.rows / ROWS_MATCHED,
  fill: ({ rows }) => rows / ROWS_FILLED,
}

/** How long work on a table takes when nobody is in the way. */
export const millisecondsFor = (kind: WorkKind, size: TableSize): number => seconds[kind](size) * 1000
