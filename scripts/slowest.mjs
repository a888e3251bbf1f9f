// A reporter that says at the end which test files took longest: where the time of a run goes.
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const SHOWN = 15
const root = fileURLToPath(new URL('..', import.meta.url))

/** @param {AsyncIterable<{ type: string, data: { file?: string, nesting: number, details: { duration_ms: number } } }>} events */
export default async function* slowest(events) {
  const spent = new Map()
  for await (const { type, data } of events) {
    const isWhole = (type === 'test:pass' || type === 'test:fail') && data.nesting === 0 && data.file !== undefined
    if (isWhole) spent.set(data.file, (spent.get(data.file) ?? 0) + data.details.duration_ms)
  }
  if (spent.size <= SHOWN) return
  const sorted = [...spent].sort(([, a], [, b]) => b - a)
  const all = sorted.reduce((sum, [, time]) => sum + time, 0)
  yield `${sorted.length} files, ${seconds(all)} s one after the other. The longest:\n`
  for (const [file, time] of sorted.slice(0, SHOWN)) yield `${seconds(time).padStart(6)} s  ${relative(root, file)}\n`
}

const seconds = (milliseconds) => (milliseconds / 1000).toFixed(0)
