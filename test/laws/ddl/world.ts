import { COLUMNS, SCHEMAS, TABLES, q } from '../names.ts'
import type { ColumnSpec, Spec, TableSpec, TypeName } from '../spec.ts'

/** A column that a table really has. */
export interface RealColumn {
  readonly name: string
  readonly spec: ColumnSpec
  /** As it is written, qualified. */
  readonly type: string
  readonly kind: TypeName
  readonly generated: 'no' | 'stored' | 'virtual'
  readonly identity: boolean
}

/** A table after everything that its description cannot have here was left out. */
export interface RealTable {
  readonly slot: number
  readonly spec: TableSpec
  readonly name: string
  readonly path: string
  readonly kind: TableSpec['kind']
  readonly partitioned: boolean
  /** Its own and inherited ones, without `key`. */
  readonly columns: readonly RealColumn[]
  /** Those that its own statement writes. */
  readonly own: readonly RealColumn[]
  /** A column that a B-tree takes. */
  readonly sortable: RealColumn | null
}

/** What the objects of one description refer to. */
export interface World {
  readonly spec: Spec
  readonly version: number
  readonly tables: readonly RealTable[]
  table(slot: number): RealTable | undefined
  readonly moodSchema: string
}

export const [LAW, SECOND] = SCHEMAS
export const NEXT = `${q(LAW)}.${q('Next')}()`
export const NOTICE = `${q(LAW)}.notice()`
export const COUNTER = `${q(LAW)}.${q('Counter')}`

/** Resolves all references of a description. */
export function makeWorld(spec: Spec, version: number): World {
  const tables: RealTable[] = []
  for (const [slot, table] of spec.tables.entries()) if (table !== null) tables.push(realTable(spec, version, table, slot, tables[0]?.slot === 0 ? tables[0] : undefined))
  return { spec, version, tables, table: (slot) => tables.find((one) => one.slot === slot), moodSchema: moodSchema(spec) }
}

const moodSchema = (spec: Spec): string => (spec.second ? SECOND : LAW)

function realTable(spec: Spec, version: number, table: TableSpec, slot: number, first: RealTable | undefined): RealTable {
  const kind = realKind(spec, table, slot, first)
  const partitioned = kind === 'range' || kind === 'list' || kind === 'hash'
  const name = TABLES[slot] ?? ''
  const inherited = kind === 'inherits' ? (first?.columns ?? []) : []
  const plain = kind === 'plain' || kind === 'unlogged'
  const own = kind === 'typed' ? [] : table.columns.flatMap((column, at) => {
    const title = COLUMNS[at] ?? ''
    return column === null || inherited.some((one) => one.name === title) ? [] : [realColumn(spec, version, column, title, plain)]
  })
  const columns = [...inherited.map((one) => ({ ...one, identity: false })), ...own]
  return {
    slot, spec: table, name, kind, partitioned, columns, own, path: `${q(spec.second && slot === 3 ? SECOND : LAW)}.${q(name)}`,
    sortable: columns.find((one) => one.generated !== 'virtual' && one.kind !== 'jsonb') ?? null,
  }
}

function realKind(spec: Spec, table: TableSpec, slot: number, first: RealTable | undefined): TableSpec['kind'] {
  if (table.kind === 'typed') return spec.pair === null ? 'plain' : 'typed'
  if (table.kind !== 'inherits') return table.kind
  return slot > 0 && first !== undefined && (first.kind === 'plain' || first.kind === 'unlogged') ? 'inherits' : 'plain'
}

const GENERATED: Partial<Record<TypeName, string>> = {
  integer: '(key * 2)::integer', bigint: '(key * 2)::bigint', text: `key::text || 'x'`, 'character varying(20)': 'left(key::text, 20)', 'numeric(10,2)': 'key / 3.0',
}

/** What a generated column is computed from. */
export const formula = (column: RealColumn): string => GENERATED[column.kind] ?? 'NULL'

function realColumn(spec: Spec, version: number, column: ColumnSpec, name: string, plain: boolean): RealColumn {
  const kind = realType(spec, column.type)
  const identity = column.identity && plain && (kind === 'integer' || kind === 'bigint')
  const generated = !column.generated || identity || GENERATED[kind] === undefined ? 'no' : version >= 180000 && column.storage ? 'virtual' : 'stored'
  return { name, spec: column, type: printType(spec, kind), kind, generated, identity }
}

function realType(spec: Spec, type: TypeName): TypeName {
  const there = { mood: spec.mood, 'mood[]': spec.mood, positive: spec.positive, pair: spec.pair, span: spec.span }
  return type in there && there[type as keyof typeof there] === null ? 'text' : type
}

function printType(spec: Spec, kind: TypeName): string {
  const own: Partial<Record<TypeName, string>> = {
    mood: `${q(moodSchema(spec))}.${q('Mood')}`, 'mood[]': `${q(moodSchema(spec))}.${q('Mood')}[]`, positive: `${q(LAW)}.${q('Positive')}`, pair: `${q(LAW)}.pair`, span: `${q(LAW)}.${q('Span of')}`,
  }
  return own[kind] ?? kind
}

/** A comment as a statement, or nothing. */
export const comment = (said: boolean | 0 | 1 | 2, on: string): readonly string[] => (said === false || said === 0 ? [] : [`COMMENT ON ${on} IS ${said === 2 ? `'another; one'` : `'it''s; here'`}`])
