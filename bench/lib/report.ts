/** Prints rows under headings, numbers to the right. */
export function printTable(title: string, rows: readonly Readonly<Record<string, string | number | null>>[]): void {
  const heads = Object.keys(rows[0] ?? {})
  const text = (value: string | number | null | undefined): string => (typeof value === 'number' ? figure(value) : (value ?? '-'))
  const widths = heads.map((head) => Math.max(head.length, ...rows.map((row) => text(row[head]).length)))
  const line = (cells: readonly string[], numeric: readonly boolean[]): string =>
    cells.map((cell, at) => (numeric[at] === true ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0))).join('  ').trimEnd()
  const right = heads.map((head) => rows.some((row) => typeof row[head] === 'number'))
  console.log(`\n${title}`)
  console.log(line(heads, right))
  console.log(widths.map((width) => '-'.repeat(width)).join('  '))
  for (const row of rows) console.log(line(heads.map((head) => text(row[head])), right))
}

/** Says whether a figure is within its target, and makes the process fail at the end when it is not. */
export function judge(what: string, value: number, target: number, unit: string): void {
  const good = value <= target
  console.log(`${good ? 'ok    ' : 'MISSED'} ${what}: ${figure(value)}${unit} (target: at most ${figure(target)}${unit})`)
  if (!good) process.exitCode = 1
}

/** Three digits that mean something. */
export const figure = (value: number): string => (Number.isInteger(value) ? String(value) : value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2))

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

/**
 * Runs each candidate in turn, again and again, so that what else the machine does falls on all alike.
 *
 * @returns the median of each, in milliseconds
 */
export async function interleaved<K extends string>(runs: number, candidates: Readonly<Record<K, () => unknown>>): Promise<Record<K, number>> {
  const names = Object.keys(candidates) as K[] // the record has no other keys
  const times = new Map<K, number[]>(names.map((name) => [name, []]))
  for (let run = -1; run < runs; run++) {
    for (const name of names) {
      const begin = performance.now()
      await candidates[name]()
      // The first round warms the caches.
      if (run >= 0) times.get(name)?.push(performance.now() - begin)
    }
  }
  // Filled for every name above.
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<K, number>
}
