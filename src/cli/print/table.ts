/** Lines with columns as wide as their widest cell; the last column is never padded. */
export function table(rows: readonly (readonly string[])[], gap = '  '): string[] {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, width(cell))))
  const pad = (cell: string, index: number): string => cell + ' '.repeat((widths[index] ?? 0) - width(cell))
  return rows.map((row) => [...row.slice(0, -1).map(pad), ...row.slice(-1)].join(gap).trimEnd())
}

/** Columns that a text takes on a terminal: colours take none. */
// oxlint-disable-next-line no-control-regex -- colours begin with the escape character.
const width = (text: string): number => [...text.replace(/\u001b\[[0-9;]*m/g, '')].length

/** Every line of a text moved to the right. */
export const indent = (text: string, by: number): string[] => text.split('\n').map((line) => (line === '' ? '' : ' '.repeat(by) + line))

/** `1 step`, `2 steps`. */
export const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`

/** An ISO time as people read it: `2026-03-01 12:30:05`, in UTC as it came. */
export const time = (iso: string | null): string => (iso === null ? '' : iso.replace('T', ' ').replace(/(\.\d+)?(Z|\+00:00)?$/, ''))
