import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Operation } from '../../src/operations/operation.ts'
import type { EntryFact } from '../../src/plan/input.ts'
import { openKey, splitOpen, type SplitInput } from '../../src/plan/open.ts'
import type { PlanStep } from '../../src/plan/plan.ts'
import { makeRegistry, type Migration } from '../../src/registry/registry.ts'
import { childRef, makeSchema, type Column, type Constraint, type Index } from '../../src/schema/schema.ts'

/*
 * Plans of any steps in any order, more than a planner would ever make, against an oracle of its own: what reads or needs what is
 * said here once more, in few words, by the names that a step was made from.
 */

const RUNS = Number(process.env['TRUEUP_OPEN_PLANS'] ?? 3000)
const SEED = Number(process.env['TRUEUP_SEED'] ?? 20261129)
const TABLES = ['a', 'b'] as const
const COLUMNS = ['x', 'y'] as const

/** A step, and what it does in the words of the oracle. */
interface Made {
  readonly step: PlanStep
  readonly table: string
  /** The column that it fills, of a step that fills one. */
  readonly fills?: string
  /** Columns that it reads or holds to something. */
  readonly uses: readonly string[]
  /** What may only be changed by one after the other. */
  readonly object: string
  readonly entry?: string
  /** It may be open at all. */
  readonly mayBeOpen: boolean
}

const column = (name: string, notNull: boolean): Column => ({ name, type: 'text', notNull, default: null })
const ref = (kind: 'column' | 'index' | 'constraint', table: string, name: string) => childRef(kind, { schema: 's', name: table }, name)
const lock = (table: string, mode: string): PlanStep['locks'][number] => ({ relation: { schema: 's', name: table }, mode })

const common = { phase: 'expand', hazards: [], scans: [], rewrites: [], blocks: [], retriable: true, transaction: true } as const

function ddl(title: string, table: string, operation: Operation, long: boolean, klass: PlanStep['class'], more: Partial<PlanStep> = {}): PlanStep {
  // The union's members differ in fields that are given here one way or the other.
  return { ...common, id: title, title, kind: 'ddl', class: klass, long, locks: [lock(table, 'SHARE UPDATE EXCLUSIVE')], statements: ['…'], operation, ...more } as PlanStep
}

const at = { table: fc.constantFrom(...TABLES), column: fc.constantFrom(...COLUMNS), long: fc.boolean(), required: fc.boolean(), class: fc.constantFrom('safe' as const, 'online' as const, 'online' as const, 'blocking' as const) }
type At = { readonly table: string; readonly column: string; readonly long: boolean; readonly required: boolean; readonly class: PlanStep['class'] }

const orFalse = (required: boolean): Partial<PlanStep> => (required ? { required: true } : {})
const harmless = ({ class: klass, required }: At): boolean => !required && (klass === 'safe' || klass === 'online')

const index = (given: At, unique: boolean): Made => {
  const object: Index = { name: `i_${given.table}_${given.column}`, unique, method: 'btree', keys: [{ column: given.column, expression: null, order: 'asc', nulls: 'last' }], where: null }
  const operation: Operation = { verb: 'create', kind: 'index', ref: ref('index', given.table, object.name), to: object }
  return { step: ddl(`index ${object.name}`, given.table, operation, given.long, given.class, orFalse(given.required)), table: given.table, uses: [given.column], object: object.name, mayBeOpen: harmless(given) && !unique }
}

const constraint = (given: At, kind: 'check' | 'unique'): Made => {
  const name = `c_${given.table}_${given.column}`
  const object: Constraint = kind === 'check' ? { type: 'check', name, named: true, expression: `${given.column} > ''` } : { type: 'unique', name, named: true, columns: [given.column] }
  const operation: Operation = { verb: 'create', kind: 'constraint', ref: ref('constraint', given.table, name), to: object }
  return { step: ddl(`constraint ${name}`, given.table, operation, given.long, given.class, orFalse(given.required)), table: given.table, uses: [given.column], object: name, mayBeOpen: harmless(given) && kind === 'check' }
}

const filled = (given: At, notNull: boolean): Made => {
  const operation: Operation = { verb: 'create', kind: 'column', ref: ref('column', given.table, given.column), to: column(given.column, notNull) }
  const fill = { table: { schema: 's', name: given.table }, column: given.column, set: '…', where: '…', key: [] }
  const step = ddl(`fill ${given.table}.${given.column}`, given.table, operation, true, given.class, { kind: 'backfill', fill, ...orFalse(given.required) } as Partial<PlanStep>)
  return { step, table: given.table, fills: given.column, uses: [], object: `${given.table}.${given.column}`, mayBeOpen: harmless(given) && !notNull }
}

/** Entries e0, e1, … in their order, of which some depend on ones before them. */
const entry = (given: At, kind: 'backfill' | 'sql', touches: boolean, dependsOn: number) => ({ given, kind, touches, dependsOn })

const pieces = fc.array(fc.oneof(
  fc.record({ ...at, unique: fc.boolean() }).map((given) => index(given, given.unique)),
  fc.record({ ...at, unique: fc.boolean() }).map((given) => constraint(given, given.unique ? 'unique' : 'check')),
  fc.record({ ...at, notNull: fc.boolean() }).map((given) => filled(given, given.notNull)),
  fc.record({ ...at, sql: fc.boolean(), touches: fc.boolean(), dependsOn: fc.nat(20) }).map((given) => entry(given, given.sql ? 'sql' : 'backfill', given.touches, given.dependsOn)),
), { maxLength: 14 })

interface Case {
  readonly made: readonly Made[]
  readonly facts: readonly EntryFact[]
  readonly needs: ReadonlyMap<string, readonly string[]>
}

function build(all: readonly (Made | ReturnType<typeof entry>)[]): Case {
  const migrations: Migration[] = []
  const needs = new Map<string, readonly string[]>()
  const made = all.map((piece, number): Made => {
    if ('step' in piece) return { ...piece, step: { ...piece.step, id: `${number}` } }
    const { given, kind, touches } = piece
    const id = `e${migrations.length}`
    const dependsOn = migrations.length === 0 || piece.dependsOn > 12 ? [] : [`e${piece.dependsOn % migrations.length}`]
    needs.set(id, dependsOn)
    const usual = { id, dependsOn, ...(given.required && { required: true }) }
    migrations.push(kind === 'sql' ? { ...usual, up: '…', fresh: 'skip', ...(touches && { touches: [given.table] }) } : { ...usual, backfill: { table: given.table, set: '…' } })
    const base = { ...common, id: `${number}`, title: `${kind} ${id}`, phase: 'migrate' as const, entry: id, class: kind === 'sql' ? 'safe' as const : 'online' as const, statements: ['…'] }
    if (kind === 'sql') return { step: { ...base, kind: 'sql', long: false, locks: [] }, table: touches ? given.table : '*', uses: [], object: id, entry: id, mayBeOpen: false }
    return { step: { ...base, kind: 'backfill', transaction: true, long: true, locks: [lock(given.table, 'ROW EXCLUSIVE')] }, table: given.table, uses: [], object: id, entry: id, mayBeOpen: !given.required }
  })
  const facts = makeRegistry(migrations).entries.map((one): EntryFact => ({ entry: one, checksum: '', recorded: null, check: null, included: false }))
  return { made, facts, needs }
}

/** The oracle: `later` must not be done before `earlier`. */
function mustFollow(later: Made, earlier: Made, { needs }: Case): boolean {
  if (later.object === earlier.object) return true
  const reaches = (id: string, goal: string): boolean => (needs.get(id) ?? []).some((next) => next === goal || reaches(next, goal))
  if (later.entry !== undefined && earlier.entry !== undefined && reaches(later.entry, earlier.entry)) return true
  const together = later.table === '*' || earlier.table === '*' || later.table === earlier.table
  if (earlier.step.kind === 'backfill' && earlier.entry !== undefined) return together || later.step.entry !== undefined && later.step.kind === 'backfill'
  if (earlier.fills === undefined) return false
  return later.entry !== undefined ? together : later.table === earlier.table && later.uses.includes(earlier.fills)
}

function inputOf({ made, facts }: Case, known: readonly string[]): SplitInput {
  const schema = makeSchema({ covers: ['table', 'column', 'constraint', 'index'], table: TABLES.map((name) => ({ schema: 's', name, columns: COLUMNS.map((one) => column(one, false)), constraints: [], indexes: [] })) })
  return { steps: made.map(({ step }) => step), facts, live: schema, target: schema, defaultSchema: 's', known: new Set(known) }
}

test('whatever the plan: what is awaited and what is open are all of it, in its order, and nothing awaited stands on what is open', (t) => {
  const counts = { plans: 0, withOpen: 0, openSteps: 0, parts: 0, keptBack: 0 }
  const law = (all: readonly (Made | ReturnType<typeof entry>)[], hasKnown: boolean): void => {
    const made = build(all)
    const input = inputOf(made, hasKnown ? made.made.map(({ step }) => openKey(step)) : [])
    const { now, open } = splitOpen(input)
    const place = (step: PlanStep): number => input.steps.indexOf(step)
    const find = (step: PlanStep): Made => made.made[place(step)] as Made
    const opened = open.flatMap(({ steps }) => steps)

    assert.deepEqual([...now, ...opened].map(place).sort((a, b) => a - b), input.steps.map((_, number) => number), 'every step is in one place')
    for (const list of [now, ...open.map(({ steps }) => steps)]) assert.deepEqual(list.map(place), list.map(place).toSorted((a, b) => a - b), 'the order is the plan\'s')
    for (const step of opened) assert.ok(find(step).mayBeOpen, `${step.title} is relied on, and is open`)
    for (const later of now) for (const earlier of opened) {
      assert.ok(place(later) < place(earlier) || !mustFollow(find(later), find(earlier), made), `${later.title} is awaited, and stands on ${earlier.title}, which is open`)
    }
    for (const one of open) for (const other of open) if (one !== other) {
      assert.deepEqual(one.keys.filter((key) => other.keys.includes(key)), [], 'two parts work on the same thing')
      for (const later of one.steps) for (const earlier of other.steps) assert.ok(place(later) < place(earlier) || !mustFollow(find(later), find(earlier), made), `${later.title} stands on ${earlier.title} of another part`)
    }
    for (const { keys, steps } of open) {
      assert.deepEqual(keys, [...new Set(steps.map(openKey))].sort())
      assert.ok(hasKnown || input.steps.some((step) => step.long && keys.includes(openKey(step))), 'a part of nothing that takes long')
    }
    assert.deepEqual(splitOpen(structuredClone(input)), structuredClone({ now, open }), 'the same input gives the same split')

    counts.plans += 1
    counts.withOpen += open.length > 0 ? 1 : 0
    counts.openSteps += opened.length
    counts.parts += open.length
    counts.keptBack += now.filter((step) => step.long && find(step).mayBeOpen).length
  }
  fc.assert(fc.property(pieces, fc.boolean(), law), { numRuns: RUNS, seed: SEED })
  t.diagnostic(`seed ${SEED}: ${counts.plans} plans, ${counts.withOpen} with open steps (${counts.openSteps} in ${counts.parts} parts), ${counts.keptBack} long steps awaited because something stands on them`)
  assert.ok(counts.withOpen > RUNS / 4 && counts.parts > counts.withOpen && counts.keptBack > RUNS / 20, 'the plans are such that the law says something')
})
