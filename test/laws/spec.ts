/**
 * A description of a database from which every combination of values gives valid DDL: objects stand in fixed slots, and what refers to
 * a slot that is empty is left out when the DDL is written. So two descriptions can be mixed leaf by leaf, which makes related pairs,
 * and shrinking never leaves the valid ones.
 */
export interface Spec {
  /** A second schema with a name to quote; a table and a type live in it when it is there. */
  readonly second: boolean
  readonly tables: readonly (TableSpec | null)[]
  readonly mood: EnumSpec | null
  readonly positive: DomainSpec | null
  readonly pair: CompositeSpec | null
  readonly span: { readonly difference: boolean; readonly comment: boolean } | null
  readonly counter: SequenceSpec | null
  readonly collation: 'none' | 'C' | 'POSIX'
  readonly next: FunctionSpec | null
  readonly readsTable: 'none' | 'sql' | 'atomic' | 'setof'
  readonly procedure: boolean
  readonly aggregate: 'none' | 'plain' | 'initial'
  readonly notice: 'a' | 'b'
  readonly view: ViewSpec | null
  readonly above: ViewSpec | null
  readonly materialized: { readonly of: number; readonly where: boolean; readonly index: boolean; readonly unique: boolean; readonly comment: boolean; readonly filled: boolean } | null
  readonly recursive: boolean
  readonly statistics: { readonly of: number; readonly kinds: 'ndistinct' | 'dependencies' | 'all'; readonly target: boolean } | null
  readonly foreign: { readonly option: boolean; readonly column: boolean } | null
  readonly publication: { readonly of: number; readonly deletes: boolean } | null
  readonly eventTrigger: 'none' | 'on' | 'off'
  readonly grants: GrantSpec
}

export interface TableSpec {
  readonly kind: 'plain' | 'unlogged' | 'range' | 'list' | 'hash' | 'inherits' | 'typed'
  readonly columns: readonly (ColumnSpec | null)[]
  readonly key: { readonly type: 'integer' | 'bigint'; readonly filled: 'no' | 'always' | 'default' | 'serial' | 'counter' | 'function'; readonly options: boolean }
  readonly primary: 'none' | 'key' | 'deferrable' | 'include'
  readonly primaryName: boolean
  readonly unique: 'none' | 'key' | 'column' | 'nulls' | 'deferred'
  readonly check: 'none' | 'key' | 'column' | 'noInherit' | 'notValid' | 'function'
  readonly exclusion: boolean
  readonly reference: ReferenceSpec | null
  readonly indexes: readonly (IndexSpec | null)[]
  readonly partitions: number
  readonly trigger: TriggerSpec | null
  readonly rule: 'none' | 'nothing' | 'where' | 'off'
  readonly security: 'off' | 'enabled' | 'forced' | 'offButForced'
  readonly policy: { readonly command: 'ALL' | 'SELECT' | 'INSERT' | 'UPDATE'; readonly reader: boolean; readonly restrictive: boolean; readonly expression: 'key' | 'column' | 'true' } | null
  readonly parameters: readonly boolean[]
  readonly identity: 'default' | 'full' | 'nothing' | 'index'
  readonly comment: 0 | 1 | 2
}

export type TypeName = (typeof TYPES)[number]
export const TYPES = [
  'integer', 'bigint', 'text', 'character varying(20)', 'numeric(10,2)', 'boolean', 'timestamp with time zone', 'jsonb', 'integer[]', 'uuid',
  'mood', 'mood[]', 'positive', 'pair', 'span',
] as const

export interface ColumnSpec {
  readonly type: TypeName
  readonly notNull: boolean
  readonly default: 'none' | 'literal' | 'expression'
  readonly generated: boolean
  readonly identity: boolean
  readonly collation: 'none' | 'C' | 'own'
  readonly storage: boolean
  readonly compression: boolean
  readonly statistics: boolean
  readonly options: boolean
  readonly comment: boolean
}

export interface EnumSpec { readonly values: readonly boolean[]; readonly reversed: boolean; readonly comment: boolean }
export interface DomainSpec { readonly base: 'integer' | 'text'; readonly notNull: boolean; readonly default: boolean; readonly checks: readonly boolean[]; readonly comment: boolean }
export interface CompositeSpec { readonly second: 'text' | 'mood' | 'bigint'; readonly third: boolean; readonly comment: boolean }
export interface SequenceSpec { readonly type: 'integer' | 'bigint'; readonly step: number; readonly cycle: boolean; readonly bounded: boolean; readonly owner: number | null; readonly unlogged: boolean; readonly comment: boolean }
export interface FunctionSpec { readonly body: 0 | 1 | 2; readonly language: 'sql' | 'plpgsql'; readonly volatility: 'IMMUTABLE' | 'STABLE'; readonly strict: boolean; readonly definer: boolean; readonly path: boolean; readonly cost: boolean; readonly comment: boolean }
export interface ViewSpec { readonly of: number; readonly all: boolean; readonly where: boolean; readonly barrier: boolean; readonly check: 'none' | 'LOCAL' | 'CASCADED'; readonly comment: boolean; readonly trigger: boolean; readonly rule: boolean }
export interface ReferenceSpec { readonly target: number; readonly onDelete: (typeof ACTIONS)[number]; readonly onUpdate: 'NO ACTION' | 'CASCADE'; readonly deferrable: 'NOT DEFERRABLE' | 'DEFERRABLE' | 'DEFERRABLE INITIALLY DEFERRED'; readonly full: boolean; readonly notValid: boolean; readonly comment: boolean }
export const ACTIONS = ['NO ACTION', 'RESTRICT', 'CASCADE', 'SET NULL', 'SET DEFAULT'] as const
export const INDEX_SHAPES = ['descending', 'partial', 'hash', 'brin', 'include', 'expression', 'function', 'column', 'lower', 'pattern', 'collated', 'gin', 'nulls'] as const
export interface IndexSpec { readonly shape: (typeof INDEX_SHAPES)[number]; readonly unique: boolean; readonly parameter: boolean; readonly clustered: boolean; readonly statistics: boolean; readonly comment: boolean }
export interface TriggerSpec { readonly shape: 'row' | 'statement' | 'of' | 'when' | 'transition' | 'constraint'; readonly before: boolean; readonly events: 'INSERT' | 'UPDATE' | 'INSERT OR DELETE'; readonly enabled: '' | 'DISABLE' | 'ENABLE REPLICA' | 'ENABLE ALWAYS'; readonly comment: boolean }
export interface GrantSpec { readonly table: 'none' | 'SELECT' | 'SELECT, UPDATE' | 'column' | 'option'; readonly view: boolean; readonly routine: boolean; readonly sequence: boolean; readonly schema: boolean; readonly type: boolean; readonly defaults: boolean }
