import assert from 'node:assert/strict'
import { diff } from '../../src/diff/diff.ts'
import { fromSnapshot, toSnapshot } from '../../src/models/snapshot.ts'
import type { Operation } from '../../src/operations/operation.ts'
import { applyAll, reverse } from '../../src/operations/operation.ts'
import type { Schema } from '../../src/schema/schema.ts'
import { sortSchema } from '../../src/schema/schema.ts'
import { planAll } from '../cases/judge.ts'

/** Column order is no difference. */
export const orderless = (schema: Schema): Schema =>
  sortSchema({ ...schema, table: schema.table.map((table) => ({ ...table, columns: [...table.columns].sort((a, b) => (a.name < b.name ? -1 : 1)) })) })

/** What holds between any two descriptions, without a database. */
export function memoryLaws(a: Schema, b: Schema, version: number): void {
  const there = diff(a, b)
  assert.deepEqual(left(applyAll(a, there), b, UNCOMPARED), [], 'the difference applied to the start gives the target')
  assert.deepEqual(left(applyAll(b, [...there].reverse().map(reverse)), a, UNCOMPARED), [], 'operations undone in reverse order give the start')
  for (const operation of there) assert.deepEqual(placeless(reverse(reverse(operation))), placeless(operation), 'an operation undone twice is itself')
  assert.deepEqual(diff(a, structuredClone(a)), [], 'a schema does not differ from itself')
  const [first, second] = [JSON.stringify(planAll(a, b, version)), JSON.stringify(planAll(structuredClone(a), structuredClone(b), version))]
  assert.equal(first, second, 'the same input gives the same bytes')
  const saved = fromSnapshot(JSON.stringify(toSnapshot(a, 'postgres'))).declare({ dialect: 'postgres', defaultSchema: 'law' })
  assert.ok(!(saved instanceof Promise) && saved.form === 'normal')
  assert.deepEqual(left(saved.schema, a), [], 'a saved schema is the schema')
}

/** A column's place is said where it is created, and lost where that is undone: column order is no difference. */
const placeless = (operation: Operation): Operation => (operation.verb === 'create' ? ({ ...operation, after: null } as Operation) : operation)

/** A field that one side leaves out equals everything. */
const UNSAID = '(unsaid)'

/** Says where something comes from and what it refers to: it follows from what is compared. */
const UNCOMPARED: ReadonlySet<string> = new Set(['covers', 'needs', 'local', 'withData', UNSAID])

/** Whether a materialised view was filled is its data's business. */
const SKIPPED: ReadonlySet<string> = new Set(['covers', 'withData'])

/** What still differs, as few lines as a reader needs. Stricter than `diff`: fields that it skips are looked at, too. */
export function left(found: Schema, wanted: Schema, skipped = SKIPPED): readonly string[] {
  return differences(orderless(found), orderless(wanted), '', skipped)
}

function differences(a: unknown, b: unknown, path: string, skipped: ReadonlySet<string>): readonly string[] {
  if (Object.is(a, b)) return []
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return skipped.has(UNSAID) && (a === undefined || b === undefined) && !path.endsWith(']') ? [] : [`${path}: ${show(a)} instead of ${show(b)}`]
  const [found, wanted] = [members(a), members(b)]
  return [...new Set([...found.keys(), ...wanted.keys()])].filter((name) => !skipped.has(name)).flatMap((name) => differences(found.get(name), wanted.get(name), `${path}/${name}`, skipped))
}

/** Items of a list are found by their names, where they have one. */
function members(object: object): ReadonlyMap<string, unknown> {
  if (!Array.isArray(object)) return new Map(Object.entries(object))
  return new Map(object.map((item: unknown, at) => [`[${typeof item === 'object' && item !== null && 'name' in item ? `${'schema' in item ? `${String(item.schema)}.` : ''}${String(item.name)}` : at}]`, item]))
}

const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 160) ?? 'nothing'
