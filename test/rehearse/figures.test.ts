import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Plan, PlanStep } from '../../src/plan/plan.ts'
import { figuresOf } from '../../src/rehearse/figures.ts'
import type { Watched } from '../../src/rehearse/watch.ts'

const size = (rows: number): { readonly schema: string; readonly name: string; readonly rows: number; readonly bytes: number; readonly indexBytes: number } => ({ schema: 'public', name: 't', rows, bytes: rows * 100, indexBytes: 0 })

/** What is foretold of a step that took so long on a copy of so many rows, the original having ten times as many unless told. */
function foretold(step: Partial<PlanStep>, milliseconds: number, rows: number, original = rows * 10): readonly [number, string] {
  const planned = { title: 'the step', kind: 'ddl', long: true, locks: [{ relation: { schema: 'public', name: 't' }, mode: 'SHARE' }], ...step }
  const watched: Watched = { title: 'the step', entry: null, first: 1, last: 1, began: 0, outcome: 'done', elapsed: milliseconds, worked: milliseconds, rows: 0, locks: new Map(), before: [size(rows)], after: null }
  const { predicted, basis } = figuresOf(watched, { steps: [planned] } as unknown as Plan, { original: [size(original)], overhead: 1 })
  return [predicted, basis]
}

test('time that can be told from chance grows as the table does; what every step pays does not', () => {
  assert.deepEqual(foretold({}, 101, 20_000), [1001, 'scaled'])
  assert.deepEqual(foretold({}, 101, 20_000, 20_000), [101, 'measured'])
})

test('work too short to be told from chance is at most what it may have been: usual speeds of a cold server are not put in its place', () => {
  assert.deepEqual(foretold({}, 3, 20_000), [26, 'scaled'])
  assert.deepEqual(foretold({}, 3, 20), [1.3, 'constant'])
})

test('without rows the usual speeds are all there is', () => {
  assert.deepEqual(foretold({}, 3, 0, 60_000), [101, 'constant'])
})

test('the rests of a backfill are counted on the original, also from a copy that is as large', () => {
  const gentle: Partial<PlanStep> = { kind: 'backfill', work: [{ table: { schema: 'public', name: 't' }, kind: 'fill', share: 0.25 }] } as Partial<PlanStep>
  assert.deepEqual(foretold(gentle, 1_000, 20_000, 20_000), [4_000, 'measured'])
  assert.deepEqual(foretold(gentle, 101, 20_000), [4_001, 'scaled'])
})
