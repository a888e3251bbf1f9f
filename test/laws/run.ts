import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isTrueupError } from '../../src/errors.ts'
import type { Schema } from '../../src/schema/schema.ts'
import type { Pair } from './arbitrary.ts'
import { LEFT_OUT, pairs } from './arbitrary.ts'
import type { Engine, EngineKind } from './engine.ts'
import { clear } from './engine.ts'
import { explain } from './known.ts'
import type { Counts } from './laws.ts'
import { lawsHold, newCounts } from './laws.ts'
import { memoryLaws } from './memory.ts'

/** The share of an engine in the pairs of a normal run, which are a thousand. */
export const SHARES = { server: 350, embedded: 300 } as const

const USUAL_SEED = 20_260_101

/** Milliseconds after which a failing pair is not made smaller any more. */
const SHRINKING = 60_000

/** Descriptions that are kept for the laws that need no database. */
const POOL = 60

/**
 * Registers the laws of one engine. `TRUEUP_PAIRS` is the number of pairs of all three together, `TRUEUP_SEED` the start of the
 * row of pairs: the usual run takes the same pairs every time, so that it fails for a change and for nothing else; longer ones
 * look for what nobody has seen. Both are printed.
 */
export function laws(kind: EngineKind, share: number): void {
  const total = Number(process.env['TRUEUP_PAIRS'] ?? 1000)
  const numRuns = Math.ceil((total * share) / (2 * SHARES.server + SHARES.embedded))
  const seed = Number(process.env['TRUEUP_SEED'] ?? USUAL_SEED)
  test(`any schema becomes any other on ${kind.title}, and back`, async (t) => {
    const engine = await kind.open()
    const counts = newCounts()
    const known = new Map<string, number>()
    const pool: Schema[] = []
    let failed = 0
    const attempt = async (pair: Pair): Promise<void> => {
      // What is shrunk longer than that is small enough.
      if (failed > 0 && Date.now() - failed > SHRINKING) return
      try {
        await one(engine, pair, counts, known, pool)
      } catch (error) {
        failed ||= Date.now()
        throw error
      }
    }
    try {
      await fc.assert(fc.asyncProperty(pairs, attempt), { numRuns, seed })
      for (const line of report(kind.title, numRuns, seed, counts, known)) t.diagnostic(line)
      const explained = [...known.values()].reduce((sum, n) => sum + n, 0)
      assert.ok(explained <= Math.max(4, numRuns * 0.06), `${explained} of ${numRuns} pairs end in what is known not to work, which is more than it was`)
      assert.ok(numRuns < 50 || counts.digested > numRuns / 8, 'steps were digested')
      assert.ok(numRuns < 50 || counts.withRows > counts.pairs, 'most ways are gone over rows')
      t.diagnostic(`${between(pool, engine.version, numRuns * 4, seed)} pairs of those descriptions held the laws in memory`)
    } finally {
      await engine.close()
    }
  })
}

async function one(engine: Engine, pair: Pair, counts: Counts, known: Map<string, number>, pool: Schema[]): Promise<void> {
  try {
    const schemas = await lawsHold(engine, pair, counts)
    if (pool.length < POOL) pool.push(...schemas)
  } catch (error) {
    const reason = explain(error instanceof Error ? error.message : String(error))
    await clear(engine)
    if (reason === undefined) throw error
    known.set(reason.why, (known.get(reason.why) ?? 0) + 1)
  }
}

/** The laws between descriptions that never met a database together; gives how many held them. */
function between(pool: readonly Schema[], version: number, numRuns: number, seed: number): number {
  let held = 0
  const index = fc.nat(Math.max(0, pool.length - 1))
  fc.assert(fc.property(index, index, (i, k) => {
    const [a, b] = [pool[i], pool[k]]
    // Databases that were asked different questions do not say the same things: what one does not cover is left alone.
    if (a === undefined || b === undefined || a.covers.length !== b.covers.length) return
    try {
      memoryLaws(a, b, version)
      held += 1
    } catch (error) {
      // Circles between unrelated databases are refused with their members; everything else is a broken law.
      if (!isTrueupError(error) || error.code !== 'not-supported') throw error
    }
  }), { numRuns: Math.min(numRuns, 20_000), seed })
  assert.ok(held > numRuns / 4 || numRuns > 20_000, `only ${held} pairs in memory could be planned`)
  return held
}

function report(title: string, runs: number, seed: number, counts: Counts, known: ReadonlyMap<string, number>): readonly string[] {
  return [
    `${title}: ${counts.pairs} of ${runs} pairs held every law (TRUEUP_SEED=${seed}), ${counts.withRows} ways over rows, ${counts.refused} where rows stood in the way, ${counts.digested} steps seen by both digests`,
    `${counts.operations} operations of ${counts.kinds.size} sorts: ${[...counts.kinds].sort().map(([name, n]) => `${name} ${n}`).join(', ')}`,
    ...[...known].map(([why, n]) => `known not to work, ${n} times: ${why}`),
    ...LEFT_OUT.map((why) => `left out of the pairs: ${why}`),
  ]
}
