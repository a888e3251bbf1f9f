import type { EventTriggerParts, ForeignServerParts, PublicationParts, SubscriptionParts, UserMappingParts, WrapperParts } from './objects-database.ts'

/**
 * What a database is: plain data without back-pointers. The same types describe a live database, a snapshot and what
 * models declare.
 *
 * Two conventions hold everywhere:
 * - A field that is `undefined` was not said by the source (a model source that cannot express comments leaves `comment`
 *   out) and is never compared. `null` means: said to be absent.
 * - Expressions and types are SQL texts. In a schema that was read or normalised they are in the server's own words, with
 *   every name outside the server's built-in schema qualified.
 */
export interface Named {
  /** `main` on a database without schemas. */
  readonly schema: string
  readonly name: string
}

/** Points at an object. `table` names the relation of a child (column, constraint, index, trigger, policy, rule). */
export interface ObjectRef {
  readonly kind: Kind
  readonly schema: string
  readonly name: string
  readonly table?: string
}

/** What every object may carry. */
export interface Common {
  readonly comment?: string | null
  /** Compared only when the source names an owner. */
  readonly owner?: string
  /** Compared only when the source speaks of grants; one entry a grantee, as the server prints it, sorted. */
  readonly grants?: readonly string[]
  /** Other objects that must exist first and that the structure does not show, such as what a view's text reads. */
  readonly needs?: readonly ObjectRef[]
}

/** A schema in the server's sense: a namespace of tables. */
export interface Namespace extends Common {
  readonly name: string
}

export interface Extension extends Common {
  readonly name: string
  readonly schema?: string
  readonly version?: string
}

export interface EnumType extends Named, Common {
  /** In sort order. */
  readonly values: readonly string[]
}

export interface Sequence extends Named, Common {
  readonly type: string
  /** As decimal text: 64-bit values do not fit a JavaScript number. */
  readonly start: string
  readonly increment: string
  readonly min: string
  readonly max: string
  readonly cache: string
  readonly cycle: boolean
  readonly ownedBy: { readonly table: string; readonly column: string; readonly schema: string } | null
  readonly unlogged?: boolean
}

/** The options of an identity column's own sequence. */
export interface Identity {
  readonly always: boolean
  readonly start?: string
  readonly increment?: string
  readonly min?: string
  readonly max?: string
  readonly cache?: string
  readonly cycle?: boolean
  /** The backing sequence's name, which the server makes up unless told. */
  readonly sequence?: string
}

export interface Column extends Common {
  readonly name: string
  /** With its parameters, as the server prints it: `character varying(255)`, `public.role[]`. */
  readonly type: string
  readonly notNull: boolean
  /** The name of the NOT NULL constraint, where the server keeps one and the user wrote it. */
  readonly notNullName?: string | null
  /** False when the NOT NULL constraint was never validated. */
  readonly notNullValidated?: boolean
  /** True when tables that inherit the column need not have the NOT NULL. */
  readonly notNullNoInherit?: boolean
  readonly notNullComment?: string | null
  readonly default: string | null
  readonly collation?: string | null
  readonly generated?: { readonly expression: string; readonly stored: boolean } | null
  readonly identity?: Identity | null
  readonly storage?: string | null
  readonly compression?: string | null
  readonly statistics?: number | null
  /** `attoptions`, such as `n_distinct=5`. */
  readonly options?: readonly string[]
  /** What a foreign table's server is told about the column, `key=value`. */
  readonly foreignOptions?: readonly string[]
  /** False when the column only comes from a parent table. */
  readonly local?: boolean
  /** SQLite: `INTEGER PRIMARY KEY AUTOINCREMENT`. */
  readonly autoIncrement?: boolean
}

interface ConstraintCommon extends Common {
  readonly name: string
  /** False when the name was made up by a tool or a server; then it is not compared. */
  readonly named?: boolean
  readonly deferrable?: 'no' | 'immediate' | 'deferred'
  /** False for NOT VALID. */
  readonly validated?: boolean
  readonly enforced?: boolean
  readonly noInherit?: boolean
  /** False when it only comes from a parent table. */
  readonly local?: boolean
}

export interface PrimaryKey extends ConstraintCommon {
  readonly type: 'primaryKey'
  readonly columns: readonly string[]
  readonly include?: readonly string[]
  /** Temporal key: the last column WITHOUT OVERLAPS. */
  readonly withoutOverlaps?: boolean
  readonly parameters?: readonly string[]
  /** True when its index is the one that CLUSTER goes by. */
  readonly clustered?: boolean
  /** What is said of its index rather than of itself. */
  readonly indexComment?: string | null
}

export interface Unique extends ConstraintCommon {
  readonly type: 'unique'
  readonly columns: readonly string[]
  readonly include?: readonly string[]
  readonly nullsNotDistinct?: boolean
  readonly withoutOverlaps?: boolean
  readonly parameters?: readonly string[]
  readonly clustered?: boolean
  readonly indexComment?: string | null
}

export type ReferenceAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default'

export interface ForeignKey extends ConstraintCommon {
  readonly type: 'foreignKey'
  readonly columns: readonly string[]
  readonly references: { readonly schema: string; readonly table: string; readonly columns: readonly string[] }
  readonly onDelete: ReferenceAction
  readonly onUpdate: ReferenceAction
  readonly match?: 'simple' | 'full' | 'partial'
  /** The columns of `SET NULL (…)` or `SET DEFAULT (…)`, when not all. */
  readonly setColumns?: readonly string[]
  /** Temporal key: the last column PERIOD. */
  readonly period?: boolean
}

export interface Check extends ConstraintCommon {
  readonly type: 'check'
  readonly expression: string
}

export interface Exclusion extends ConstraintCommon {
  readonly type: 'exclusion'
  /** Everything after `EXCLUDE `, in the server's words. */
  readonly definition: string
}

export type Constraint = PrimaryKey | Unique | ForeignKey | Check | Exclusion

export interface IndexKey {
  /** The column's name; `null` for an expression. */
  readonly column: string | null
  /** The expression with its parentheses where the server writes them; `null` for a column. */
  readonly expression: string | null
  readonly order: 'asc' | 'desc'
  readonly nulls: 'first' | 'last'
  /** With its options; `null` when it is the default of the column's type. */
  readonly opclass?: string | null
  readonly collation?: string | null
}

export interface Index extends Common {
  readonly name: string
  /** False when the name was made up by a tool; then it is not compared. */
  readonly named?: boolean
  readonly unique: boolean
  readonly method: string
  readonly keys: readonly IndexKey[]
  readonly include?: readonly string[]
  readonly where: string | null
  readonly nullsNotDistinct?: boolean
  readonly parameters?: readonly string[]
  readonly tablespace?: string | null
  readonly clustered?: boolean
  /** False for the left-over of a concurrent build that failed. */
  readonly valid?: boolean
  /** The index of the parent partitioned table that this one is attached to. */
  readonly attachedTo?: Named | null
  readonly statistics?: readonly number[]
}

export interface Trigger extends Common {
  readonly name: string
  /** The whole CREATE TRIGGER statement in the server's words. */
  readonly definition: string
  readonly enabled: 'origin' | 'disabled' | 'replica' | 'always'
}

export interface Rule extends Common {
  readonly name: string
  readonly definition: string
  readonly enabled?: 'origin' | 'disabled' | 'replica' | 'always'
}

export interface Policy extends Common {
  readonly name: string
  readonly command: 'all' | 'select' | 'insert' | 'update' | 'delete'
  readonly permissive: boolean
  readonly roles: readonly string[]
  readonly using: string | null
  readonly check: string | null
}

export interface Table extends Named, Common {
  readonly columns: readonly Column[]
  readonly constraints: readonly Constraint[]
  readonly indexes: readonly Index[]
  readonly triggers?: readonly Trigger[]
  readonly rules?: readonly Rule[]
  readonly policies?: readonly Policy[]
  /** `offButForced`: off, and for the owner too as soon as it is on. */
  readonly rowSecurity?: 'off' | 'enabled' | 'forced' | 'offButForced'
  readonly unlogged?: boolean
  /** Storage parameters, `key=value`, compared as a set. */
  readonly parameters?: readonly string[]
  readonly accessMethod?: string | null
  readonly tablespace?: string | null
  /** `default`, `full`, `nothing`, or the name of an index. */
  readonly replicaIdentity?: string
  /** `RANGE (created_at)`, in the server's words. */
  readonly partitionBy?: string | null
  readonly partitionOf?: { readonly parent: Named; readonly bound: string } | null
  readonly inherits?: readonly Named[]
  readonly ofType?: Named | null
  /** A foreign table: its server and options. */
  readonly foreign?: { readonly server: string; readonly options: readonly string[] } | null
  /** SQLite: `STRICT`, `WITHOUT ROWID`, and the module of a virtual table. */
  readonly strict?: boolean
  readonly withoutRowid?: boolean
  readonly virtual?: string | null
  /** The CREATE statement as the server keeps it, where it keeps one. Never compared. */
  readonly statement?: string
  /** Names of constraints and indexes that the models leave to others. Never compared. */
  readonly leaves?: readonly string[]
}

export interface View extends Named, Common {
  readonly materialized: boolean
  readonly definition: string
  readonly columns?: readonly Column[]
  readonly parameters?: readonly string[]
  readonly indexes?: readonly Index[]
  readonly triggers?: readonly Trigger[]
  readonly rules?: readonly Rule[]
  readonly accessMethod?: string | null
  readonly tablespace?: string | null
  readonly withData?: boolean
}

export interface Routine extends Named, Common {
  readonly routine: 'function' | 'procedure' | 'aggregate' | 'window'
  /** The arguments that identify it: `integer, text`. */
  readonly signature: string
  /** The whole CREATE statement in the server's words. */
  readonly definition: string
  /** The result type; a change of it needs a drop. */
  readonly returns?: string
  /** Argument names and defaults; a change of a name needs a drop. */
  readonly arguments?: string
}

export interface Domain extends Named, Common {
  readonly type: string
  readonly collation?: string | null
  readonly notNull: boolean
  readonly default: string | null
  readonly checks: readonly { readonly name: string; readonly expression: string; readonly validated?: boolean; readonly comment?: string | null }[]
}

export interface Composite extends Named, Common {
  readonly attributes: readonly { readonly name: string; readonly type: string; readonly collation?: string | null; readonly comment?: string | null }[]
}

export interface RangeType extends Named, Common {
  /** The options of CREATE TYPE … AS RANGE, `key = value`, in the server's order. */
  readonly options: readonly string[]
}

export interface Collation extends Named, Common {
  readonly definition: string
}

export interface Statistics extends Named, Common {
  readonly table: Named
  readonly definition: string
  readonly target?: number | null
}

export interface EventTrigger extends Common, EventTriggerParts {}

export interface Publication extends Common, PublicationParts {}

export interface Subscription extends Common, SubscriptionParts {}

export interface ForeignServer extends Common, ForeignServerParts {}

export interface Wrapper extends Common, WrapperParts {}

export interface UserMapping extends Common, UserMappingParts {}

export interface DefaultPrivilege extends Common {
  readonly name: string
  readonly definition: string
}

/** The kinds that stand on their own. */
export interface TopKinds {
  readonly namespace: Namespace
  readonly extension: Extension
  readonly collation: Collation
  readonly enum: EnumType
  readonly domain: Domain
  readonly composite: Composite
  readonly range: RangeType
  readonly sequence: Sequence
  readonly routine: Routine
  readonly wrapper: Wrapper
  readonly server: ForeignServer
  readonly userMapping: UserMapping
  readonly table: Table
  readonly view: View
  readonly statistics: Statistics
  readonly eventTrigger: EventTrigger
  readonly publication: Publication
  readonly subscription: Subscription
  readonly defaultPrivilege: DefaultPrivilege
}

/** The kinds that belong to a relation. */
export interface ChildKinds {
  readonly column: Column
  readonly constraint: Constraint
  readonly index: Index
  readonly trigger: Trigger
  readonly rule: Rule
  readonly policy: Policy
}

export type Kinds = TopKinds & ChildKinds
export type TopKind = keyof TopKinds
export type ChildKind = keyof ChildKinds
export type Kind = TopKind | ChildKind

/** An object that is there and that trueup does not manage; it is named, never skipped in silence, never dropped. */
export interface Unmanaged {
  readonly kind: string
  readonly name: string
  readonly reason: 'unsupported' | 'tolerated'
  /** Why: the extension that owns it, the pattern that tolerates it, or what is not supported. */
  readonly because: string
}
