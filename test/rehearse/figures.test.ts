import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Plan, PlanStep } from '../../src/plan/plan.ts'
import { figuresOf } from '../../src/rehearse/figures.ts'
import type { Watched } from '../../src/rehearse/watch.ts'

const size = (rows: number): { readonly schema: string; readonly name: string; readonly rows: number; readonly bytes: number; readonly indexBytes: number } => ({ schema: 'public', name: 't', rows, bytes: rows * 100, indexBytes: 0 })

/** A backfill that rests for three quarters of its time. */
const gentle: Partial<PlanStep> = { kind: 'backfill', work: [{ table: { schema: 'public', name: 't' }, kind: 'fill', share: 0.25 }] } as Partial<PlanStep>

/** What is foretold of a step that took so long on a copy of so many rows, the original having ten times as many unless told. */
function foretold(step: Partial<PlanStep>, worked: number, rows: number, { original = rows * 10, ...seen }: Partial<Pick<Watched, 'elapsed' | 'batches'>> & { readonly original?: number } = {}): readonly [number, string] {
  const planned = { title: 'the step', kind: 'ddl', long: true, locks: [{ relation: { schema: 'public', name: 't' }, mode: 'SHARE' }], ...step }
  const watched: Watched = { title: 'the step', entry: null, first: 1, last: 1, began: 0, outcome: 'done', elapsed: worked, worked, batches: 1, rows: 0, locks: new Map(), before: [size(rows)], after: null, ...seen }
  const { predicted, basis } = figuresOf(watched, { steps: [planned] } as unknown as Plan, { original: [size(original)], overhead: 1 })
  return [predicted, basis]
}

test('time that can be told from chance grows as the table does; what every step pays does not', () => {
  assert.deepEqual(foretold({}, 101, 20_000), [1001, 'scaled'])
  assert.deepEqual(foretold({}, 101, 20_000, { original: 20_000 }), [101, 'measured'])
})

test('work too short to be told from chance is at most what it may have been: usual speeds of a cold server are not put in its place', () => {
  assert.deepEqual(foretold({}, 3, 20_000), [26, 'scaled'])
  assert.deepEqual(foretold({}, 3, 20), [1.3, 'constant'])
})

test('without rows the usual speeds are all there is: those of the kind of work, where that is known', () => {
  assert.deepEqual(foretold({}, 3, 0, { original: 60_000 }), [101, 'constant'])
  const scan = { work: [{ table: { schema: 'public', name: 't' }, kind: 'scan' }] } as Partial<PlanStep>
  assert.deepEqual(foretold(scan, 3, 0, { original: 60_000 }), [28, 'constant'])
  assert.deepEqual(foretold(gentle, 0, 0, { original: 60_000, batches: 0 }), [1_000, 'constant'])
})

test('of a backfill on a copy as large, its rests were made there', () => {
  assert.deepEqual(foretold(gentle, 1_000, 20_000, { original: 20_000, elapsed: 3_700, batches: 100 }), [3_700, 'measured'])
  assert.deepEqual(foretold(gentle, 4, 20_000, { original: 20_000, elapsed: 6 }), [6, 'measured'])
})

test('of a backfill on a part of the rows, rests grow as its work does: as many as were made there, or as its pace says where there was one batch', () => {
  // 11 batches of 9.09 ms with ten rests of 20 ms between them: so many for 991 ms of work, less one batch.
  assert.deepEqual(foretold(gentle, 100, 20_000, { elapsed: 300, batches: 11 }), [3151.2, 'scaled'])
  assert.deepEqual(foretold(gentle, 101, 20_000), [1_001 + 3 * 900, 'scaled'])
})
