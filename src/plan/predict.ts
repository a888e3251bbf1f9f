import type { TableSize, WorkKind } from '../dialects/dialect.ts'

/**
 * What a server does in a second, at the slow end of what was measured on two cores with rows of about 100 bytes: a promise that
 * is kept is worth more than a low figure.
 */
const BYTES_READ = 250_000_000
const BYTES_WRITTEN = 60_000_000
const ROWS_SORTED = 700_000
const ROWS_MATCHED = 1_000_000
const ROWS_FILLED = 25_000

const seconds: { readonly [K in WorkKind]: (size: TableSize) => number } = {
  scan: ({ bytes, rows }) => bytes / BYTES_READ + rows / 20_000_000,
  rewrite: (size) => size.bytes / BYTES_WRITTEN + size.rows / 2_000_000 + size.indexes * seconds.index(size),
  index: ({ bytes, rows }) => bytes / BYTES_READ + rows / ROWS_SORTED,
  match: ({ bytes, rows }) => bytes / BYTES_READ + rows / ROWS_MATCHED,
  fill: ({ rows }) => rows / ROWS_FILLED,
}

/** How long work on a table takes when nobody is in the way. */
export const millisecondsFor = (kind: WorkKind, size: TableSize): number => seconds[kind](size) * 1000
