import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pacer } from '../../src/execute/pacer.ts'
import { isOpen } from '../../src/execute/window.ts'
import { isTrueupError, sql } from '../../src/index.ts'
import { makeRegistry } from '../../src/registry/registry.ts'

test('a batch takes the time that it should: its size follows within its bounds', () => {
  const pacer = new Pacer({ batchTime: 100, pace: 'full' })
  const sizes: number[] = []
  // A row takes a hundredth of a millisecond, later a tenth.
  for (let i = 0; i < 12; i += 1) {
    sizes.push(pacer.size)
    pacer.after({ milliseconds: pacer.size / (i < 6 ? 100 : 10), read: pacer.size, changed: pacer.size })
  }
  assert.deepEqual(sizes, [1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000, 1_000, 1_000, 1_000, 1_000, 1_000])
  const bounded = new Pacer({ batchSize: 50 })
  for (let i = 0; i < 3; i += 1) bounded.after({ milliseconds: 500, read: 50, changed: 50 })
  assert.equal(bounded.size, 50)
})

test('it rests in proportion to its work, and not at all at full throttle', () => {
  const rest = (pace: 'gentle' | 'full' | number): number => new Pacer({ pace }).after({ milliseconds: 60, read: 1_000, changed: 1_000 }).milliseconds
  assert.deepEqual([rest('gentle'), rest('full'), rest(1), rest(0.5), rest(0.2)], [540, 0, 0, 60, 240])
})

test('when a row costs several times what it did, it rests longer and says why; a batch that is only smaller, or changes less, is no sign', () => {
  const pacer = new Pacer({ batchSize: 1_000 })
  for (let i = 0; i < 10; i += 1) assert.equal(pacer.after({ milliseconds: 50, read: 1_000, changed: 1_000 }).because, null)
  for (let i = 0; i < 10; i += 1) assert.equal(pacer.after({ milliseconds: 12, read: 1_000, changed: 120 }).because, null)
  for (let i = 0; i < 2; i += 1) pacer.after({ milliseconds: 200, read: 1_000, changed: 1_000 })
  const busy = pacer.after({ milliseconds: 200, read: 1_000, changed: 1_000 })
  assert.match(busy.because ?? '', /a row takes 4\.\d times as long as at the beginning/)
  assert.ok(busy.milliseconds > 2 * 200 * 3, String(busy.milliseconds))
  for (let i = 0; i < 3; i += 1) pacer.after({ milliseconds: 50, read: 1_000, changed: 1_000 })
  assert.equal(pacer.after({ milliseconds: 50, read: 1_000, changed: 1_000 }).because, null)
})

test('a window goes over midnight, and its times are those of its zone', () => {
  const at = (time: string): Date => new Date(`2024-07-01T${time}:00Z`)
  const night = { from: '22:00', to: '06:00' }
  assert.deepEqual(['21:59', '22:00', '23:59', '00:00', '05:59', '06:00'].map((time) => isOpen(night, at(time))), [false, true, true, true, true, false])
  assert.deepEqual(['20:00', '19:59', '04:00'].map((time) => isOpen({ ...night, timeZone: 'Europe/Paris' }, at(time))), [true, false, false])
  assert.deepEqual(['08:59', '09:00', '17:00'].map((time) => isOpen({ from: '09:00', to: '17:00' }, at(time))), [false, true, false])
})

test('every wrong field is named by its path', () => {
  const wrong = {
    table: 't', set: sql`a = 1`, batchSize: 0, batchTime: '1s', pace: 2, maxReplicaLag: -1, window: { from: '24:00', to: '6:00', timeZone: 'Mars/Base', at: 1 }, expect: { atLeast: 5, atMost: 3, about: 4 },
  }
  // What a program without types may hand over.
  const migrations = [{ id: 'a', backfill: wrong }, { id: 'b', backfill: { table: 't', set: 'a = 1', expect: -1, window: { from: '06:00', to: '06:00' } } }, { id: 'c', backfill: { table: 't', set: 'a = 1', expect: {}, window: 5, pace: 0 } }] as unknown as Parameters<typeof makeRegistry>[0]
  assert.throws(() => makeRegistry(migrations), (error) => {
    assert.ok(isTrueupError(error))
    assert.deepEqual(error.problems.map(({ subject, field }) => `${subject} ${field}`), [
      'entry a backfill.batchSize', 'entry a backfill.batchTime', 'entry a backfill.pace', 'entry a backfill.maxReplicaLag', 'entry a backfill.window.from', 'entry a backfill.window.to', 'entry a backfill.window.timeZone',
      'entry a backfill.window.at', 'entry a backfill.expect.atMost', 'entry a backfill.expect.about', 'entry b backfill.window.to', 'entry b backfill.expect', 'entry c backfill.pace', 'entry c backfill.window', 'entry c backfill.expect',
    ])
    return true
  })
})
