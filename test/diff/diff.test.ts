import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { diff } from '../../src/diff/diff.ts'
import { applyAll, reverse } from '../../src/operations/operation.ts'
import type { Column, Index, Schema, Table } from '../../src/schema/schema.ts'
import { makeSchema, sortSchema } from '../../src/schema/schema.ts'
import { schemas } from './arbitrary.ts'

const RUNS = { numRuns: Number(process.env['TRUEUP_RUNS'] ?? 200) }

/** Column order is no difference. */
const orderless = (schema: Schema): Schema =>
  sortSchema({ ...schema, table: schema.table.map((table) => ({ ...table, columns: [...table.columns].sort((a, b) => (a.name < b.name ? -1 : 1)) })) })

test('the difference applied to the start gives the target', () => {
  fc.assert(fc.property(schemas, schemas, (a, b) => assert.deepEqual(orderless(applyAll(a, diff(a, b))), orderless(b))), RUNS)
})

test('a schema does not differ from itself', () => {
  fc.assert(fc.property(schemas, (a) => assert.deepEqual(diff(a, structuredClone(a)), [])), RUNS)
})

test('operations undone in reverse order give the start', () => {
  fc.assert(
    fc.property(schemas, schemas, (a, b) => {
      const operations = diff(a, b)
      assert.deepEqual(orderless(applyAll(b, [...operations].reverse().map(reverse))), orderless(a))
    }),
    RUNS,
  )
})

const column = (name: string, more: Partial<Column> = {}): Column => ({ name, type: 'text', notNull: false, default: null, ...more })
const index = (name: string, more: Partial<Index> = {}): Index => ({
  name, unique: false, method: 'btree', keys: [{ column: 'a', expression: null, order: 'asc', nulls: 'last' }], where: null, ...more,
})
const table = (name: string, more: Partial<Table> = {}): Table => ({ schema: 'public', name, columns: [column('a')], constraints: [], indexes: [], ...more })
const one = (item: Table): Schema => makeSchema({ table: [item] })

test('what one side does not say is equal, at any depth', () => {
  const said = one(table('t', { comment: 'x', columns: [column('a', { identity: { always: true, start: '1', cache: '5' }, storage: 'main' })], triggers: [] }))
  const silent = one(table('t', { columns: [column('a', { identity: { always: true } })] }))
  assert.deepEqual(diff(said, silent), [])
  assert.deepEqual(diff(silent, said), [])
})

test('null says absent', () => {
  const operations = diff(one(table('t', { comment: 'x' })), one(table('t', { comment: null })))
  assert.deepEqual(operations.map((operation) => operation.verb === 'alter' && operation.fields), [['comment']])
})

test('an index whose name was made up is found by its structure', () => {
  assert.deepEqual(diff(one(table('t', { indexes: [index('t_a_idx')] })), one(table('t', { indexes: [index('other', { named: false })] }))), [])
})

test('an index under another name counts as present when additive, and is renamed otherwise', () => {
  const [from, to] = [one(table('t', { indexes: [index('x')] })), one(table('t', { indexes: [index('y')] }))]
  assert.deepEqual(diff(from, to, { additive: true }), [])
  assert.deepEqual(diff(from, to).map(({ verb, kind }) => `${verb} ${kind}`), ['rename index'])
})

test('an index that is there and unusable differs', () => {
  const operations = diff(one(table('t', { indexes: [index('x', { valid: false })] })), one(table('t', { indexes: [index('x')] })))
  assert.deepEqual(operations.map((operation) => operation.verb === 'alter' && operation.fields), [['valid']])
})

test('kinds that the target does not cover are not spoken of', () => {
  const from = makeSchema({ table: [table('t')], enum: [{ schema: 'public', name: 'e', values: ['a'] }] })
  assert.deepEqual(diff(from, makeSchema({ covers: ['enum'] })).map(({ verb, kind }) => `${verb} ${kind}`), ['drop enum'])
})

test('to compare ten thousand tables that differ in ten places takes no longer than to write them down as JSON twice', () => {
  const build = (changed: number): Schema =>
    makeSchema({
      table: Array.from({ length: 10_000 }, (_, i) =>
        table(`t${i}`, {
          columns: Array.from({ length: 10 }, (_unused, k) => column(`c${k}`, { default: i < changed && k === 0 ? 'x' : null })),
          constraints: [{ type: 'primaryKey', name: `t${i}_pk`, columns: ['c0'] }],
          indexes: [index(`t${i}_i`)],
        }),
      ),
    })
  const [a, b] = [build(0), build(10)]
  // Processor time, and the best of three: other work of the machine is not what is measured.
  const best = (work: () => void): number => Math.min(...Array.from({ length: 3 }, () => {
    const start = process.cpuUsage()
    work()
    return process.cpuUsage(start).user / 1000
  }))
  const compared = best(() => assert.equal(diff(a, b).length, 10))
  const written = best(() => assert.ok(JSON.stringify([a, b]).length > 0))
  assert.ok(compared < 2 * written, `${compared} ms beside ${written} ms`)
})
