import type { Enabled, NameRow, Oid } from './rows-base.ts'

/** The rows of the catalogue statement's sections. */
export interface RelationRow {
  readonly oid: Oid
  readonly schema: string
  readonly name: string
  readonly kind: 'r' | 'p' | 'f' | 'v' | 'm' | 'c'
  readonly type: Oid
  readonly array: Oid | null
  readonly rest: RelationRest
  readonly comment: string | null
  readonly owner?: string
  readonly acl?: readonly string[] | null
}

/** What most relations have alike. */
export interface RelationRest {
  readonly persistence: string
  readonly rls: boolean
  readonly force: boolean
  readonly options: readonly string[] | null
  readonly toast: readonly string[] | null
  readonly method: string | null
  readonly space: string | null
  readonly ident: 'd' | 'n' | 'f' | 'i'
  readonly key: string | null
  readonly bound: string | null
  readonly of: Oid | null
  readonly view: string | null
  readonly filled: boolean
  readonly foreign: { readonly server: string; readonly options: readonly string[] | null } | null
}

export interface ColumnRow {
  /** The relation. */
  readonly r: Oid
  /** The number of the column. */
  readonly k: number
  readonly n: string
  readonly t: string
  readonly q: boolean
  readonly d: string | null
  /** The type, when a user made it. */
  readonly y: Oid | null
  readonly x: null | {
    readonly collation: string | null
    /** The collation's number, for comparison with those of indexes. */
    readonly own: Oid | null
    readonly identity: '' | 'a' | 'd'
    readonly generated: '' | 's' | 'v'
    readonly storage: 'p' | 'e' | 'x' | 'm' | null
    readonly compression: '' | 'p' | 'l'
    readonly statistics: number | null
    readonly options: readonly string[] | null
    readonly foreign: readonly string[] | null
    readonly local: boolean
    readonly acl?: readonly string[] | null
  }
}

/** A relation with its columns, an array for each field, and by the column's number what few have: the number of a user's type, and all that is rare. */
export type ColumnsRow = readonly [
  relation: Oid, numbers: readonly ColumnRow['k'][], names: readonly ColumnRow['n'][], types: readonly ColumnRow['t'][], notNulls: readonly ColumnRow['q'][], values: readonly ColumnRow['d'][],
  own: Readonly<Record<string, Oid>> | null, rest: Readonly<Record<string, NonNullable<ColumnRow['x']>>> | null,
]

export interface ColumnCommentRow {
  readonly r: Oid
  readonly k: number
  readonly t: string
}

export interface InheritsRow {
  readonly r: Oid
  readonly p: Oid
  readonly schema: string
  readonly name: string
  readonly kind: string
  readonly k: number
}

export interface ConstraintRow {
  readonly oid: Oid
  readonly r: Oid
  readonly n: string
  readonly t: 'p' | 'u' | 'f' | 'c' | 'x'
  readonly deferrable: boolean
  readonly deferred: boolean
  readonly validated: boolean
  readonly noInherit: boolean
  readonly local: boolean
  readonly index: Oid
  readonly k: readonly number[] | null
  readonly parent: Oid
  readonly f: null | {
    readonly r: Oid
    readonly k: readonly number[]
    readonly update: string
    readonly delete: string
    readonly match: string
    readonly set?: readonly number[] | null
  }
  readonly d: string | null
  readonly enforced?: boolean
  readonly period?: boolean
  readonly comment: string | null
}

export interface NotNullRow {
  readonly r: Oid
  readonly k: number
  readonly n: string
  readonly validated: boolean
  readonly noInherit: boolean
  readonly comment: string | null
}

export interface IndexRow {
  readonly oid: Oid
  readonly r: Oid
  readonly n: string
  /** Numbers of the table's columns, 0 for an expression; those that are only included come last. */
  readonly k: readonly number[]
  readonly shape: IndexShape
  readonly rest: IndexRest | null
  readonly comment: string | null
}

/** What many indexes have alike. */
export interface IndexShape {
  readonly unique: boolean
  readonly clustered: boolean
  readonly valid: boolean
  readonly replica: boolean
  readonly nullsNotDistinct: boolean
  /** How many columns are keys. */
  readonly count: number
  readonly classes: readonly Oid[]
  readonly collations: readonly Oid[]
  readonly orders: readonly number[]
  readonly method: string
}

/** What few indexes have. */
export interface IndexRest {
  readonly options: readonly string[] | null
  readonly space: string | null
  readonly e: { readonly keys: readonly string[] | null; readonly all: string } | null
  readonly w: string | null
  readonly attributes: readonly IndexAttributeRow[] | null
}

export interface IndexAttributeRow {
  readonly k: number
  readonly options: readonly string[] | null
  readonly statistics: number | null
}

export interface DefinedRow {
  readonly oid: Oid
  readonly r: Oid
  readonly n: string
  readonly d: string
  readonly enabled: Enabled
  readonly comment: string | null
}

export interface PolicyRow {
  readonly oid: Oid
  readonly r: Oid
  readonly n: string
  readonly cmd: '*' | 'r' | 'a' | 'w' | 'd'
  readonly permissive: boolean
  readonly roles: readonly string[]
  readonly using: string | null
  readonly check: string | null
  readonly comment: string | null
}

export interface OutsideRow extends NameRow {
  readonly columns: Readonly<Record<string, string>> | null
}

export interface OpclassRow extends NameRow {
  readonly default: boolean
  readonly type: Oid
}

interface Owned {
  readonly comment: string | null
  readonly owner?: string
  readonly acl?: readonly string[] | null
}

export interface NamespaceRow extends Owned {
  readonly oid: Oid
  readonly name: string
}

export interface TypeRow extends Owned {
  readonly oid: Oid
  readonly schema: string
  readonly name: string
  readonly kind: 'e' | 'd' | 'r' | 'b' | 'p'
  readonly array: Oid
  readonly relation: Oid
  readonly labels: readonly string[] | null
  readonly domain: null | {
    readonly base: string
    readonly notNull: boolean
    readonly default: string | null
    readonly collation: string | null
    readonly checks: readonly { readonly oid: Oid; readonly name: string; readonly expression: string; readonly validated: boolean; readonly comment: string | null }[] | null
  }
}

export interface RangeRow {
  readonly oid: Oid
  readonly subtype: string
  readonly multiSchema: string
  readonly multiName: string
  readonly multi: Oid
  readonly multiArray: Oid
  readonly opclass: string | null
  readonly collation: string | null
  readonly canonical: string | null
  readonly diff: string | null
}

export interface SequenceRow extends Owned {
  readonly oid: Oid
  readonly schema: string
  readonly name: string
  readonly type: string
  readonly start: string
  readonly increment: string
  readonly min: string
  readonly max: string
  readonly cache: string
  readonly cycle: boolean
  readonly persistence: string
  readonly dependency: 'a' | 'i' | null
  readonly r: Oid | null
  readonly k: number | null
}

export interface RoutineRow extends Owned {
  readonly oid: Oid
  readonly schema: string
  readonly name: string
  readonly kind: 'f' | 'p' | 'a' | 'w'
  readonly signature: string
  readonly definition: string | null
  readonly returns: string | null
  readonly arguments: string
}

export interface AggregateRow {
  readonly oid: Oid
  readonly kind: 'n' | 'o' | 'h'
  readonly direct: number
  readonly arguments: string
  readonly sfunc: string
  readonly stype: string
  readonly sspace: number
  readonly finalfunc: string | null
  readonly finalExtra: boolean
  readonly finalModify: 'r' | 's' | 'w'
  readonly combine: string | null
  readonly serial: string | null
  readonly deserial: string | null
  readonly init: string | null
  readonly msfunc: string | null
  readonly minvfunc: string | null
  readonly mstype: string | null
  readonly msspace: number
  readonly mfinalfunc: string | null
  readonly mfinalExtra: boolean
  readonly mfinalModify: 'r' | 's' | 'w'
  readonly minit: string | null
  readonly sortop: string | null
  readonly parallel: 's' | 'r' | 'u'
}

export interface StatisticsRow extends NameRow {
  readonly tableSchema: string
  readonly table: string
  readonly r: Oid
  readonly definition: string
  readonly target: number | null
  readonly comment: string | null
}

export interface CollationRow extends NameRow {
  readonly provider: 'c' | 'i' | 'b' | 'd'
  readonly deterministic: boolean
  readonly collate: string | null
  readonly ctype: string | null
  readonly locale: string | null
  readonly rules: string | null
  readonly comment: string | null
}

export interface NeedRow {
  readonly c: 'v' | 'w' | 'f' | 'g' | 'p' | 'd' | 'k' | 'c' | 't'
  readonly o: Oid
  readonly s: number
  readonly r: Oid
  readonly k: number
}

export type * from './rows-database.ts'
export type * from './rows-base.ts'
