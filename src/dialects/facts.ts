import type { Named } from '../schema/schema.ts'

/**
 * What a statement does, as neutral facts: the language between those who understand SQL (a dialect, from its parser's tree)
 * or a plan, and the rules that judge. No text of SQL, no tree of a parser.
 */

/** Table locks from weak to strong, in PostgreSQL's words (https://www.postgresql.org/docs/current/explicit-locking.html). */
export const LOCK_MODES = ['ACCESS SHARE', 'ROW SHARE', 'ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'] as const
export type LockMode = (typeof LOCK_MODES)[number]

/** How strong a mode is, from 0. A mode of no name that we know counts as the strongest. */
export const strengthOf = (mode: string): number => {
  const at = LOCK_MODES.findIndex((one) => one === mode)
  return at < 0 ? LOCK_MODES.length : at
}

/** True for a mode that holds up writers, and with EXCLUSIVE and above readers for update too. */
export const blocksWrites = (mode: string): boolean => strengthOf(mode) >= strengthOf('SHARE')

export interface LockFact {
  readonly relation: Named
  readonly mode: LockMode
  /** Made in the same file, entry or plan: nobody else can wait for it. */
  readonly isNew: boolean
  /** The relation is an index, not a table. */
  readonly index?: true
}

/** Work whose time grows with a table's size. */
export interface WorkFact {
  readonly kind: 'scan' | 'rewrite' | 'build'
  readonly relation: Named
  readonly isNew: boolean
  /** The strongest lock on that relation while it goes on. */
  readonly under: LockMode
}

export interface TypeFact {
  /** In the server's short spelling, without length: `int4`, `varchar`. */
  readonly name: string
  readonly schema: string | null
  readonly mods: readonly number[]
  readonly array: boolean
  /** Written as `serial` or one of its kin. */
  readonly serial: boolean
}

export interface ReferenceFact {
  readonly table: Named
  readonly columns: readonly string[]
  readonly isNew: boolean
}

export interface ColumnFact {
  readonly name: string
  readonly type: TypeFact
  /** `stable`: the same for every row of one statement; `unknown`: the server would have to be asked. */
  readonly default: 'none' | 'constant' | 'stable' | 'volatile' | 'unknown'
  readonly notNull: boolean
  readonly primary: boolean
  readonly unique: boolean
  readonly check: boolean
  readonly references: ReferenceFact | null
  readonly identity: boolean
  readonly generated: 'stored' | 'virtual' | null
  /** Its type is a domain that checks something. */
  readonly constrainedDomain: boolean
}

interface On {
  readonly table: Named
  /** Made in the same file, entry or plan. */
  readonly isNew: boolean
}

export type ConstraintKind = 'check' | 'foreign key' | 'unique' | 'primary key' | 'exclude' | 'not null'

/** One thing that a statement does. */
export type Action =
  | On & { readonly do: 'create-table'; readonly columns: readonly ColumnFact[]; readonly references: readonly ReferenceFact[]; readonly ifNotExists: boolean; readonly temporary: boolean; readonly unlogged: boolean; readonly partitionOf: (Named & { readonly isNew: boolean }) | null; readonly from: readonly Named[] | null }
  | On & { readonly do: 'add-column'; readonly column: ColumnFact; readonly ifNotExists: boolean }
  | On & { readonly do: 'drop-column'; readonly column: string; readonly cascade: boolean; readonly ifExists: boolean }
  | On & { readonly do: 'change-type'; readonly column: string; readonly type: TypeFact; readonly was: TypeFact | null; readonly using: 'none' | 'same' | 'zone' | 'other'; readonly verdict: 'free' | 'index' | 'rewrite' | 'unknown' }
  | On & { readonly do: 'change-default'; readonly column: string; readonly to: 'set' | 'dropped'; readonly addedHere: boolean }
  | On & { readonly do: 'require'; readonly column: string; readonly proved: boolean; readonly addedHere: boolean }
  | On & { readonly do: 'allow-null'; readonly column: string }
  | On & { readonly do: 'add-constraint'; readonly name: string | null; readonly type: ConstraintKind; readonly columns: readonly string[]; readonly notValid: boolean; readonly enforced: boolean; readonly usingIndex: string | null; readonly references: ReferenceFact | null; readonly nullable: readonly string[]; readonly unproved: boolean; readonly replaces: boolean; readonly partitioned: boolean }
  | On & { readonly do: 'enforce-constraint'; readonly name: string }
  | On & { readonly do: 'validate-constraint'; readonly name: string; readonly with: number; readonly addedInTransaction: boolean }
  | On & { readonly do: 'drop-constraint'; readonly name: string; readonly type: ConstraintKind | null; readonly cascade: boolean; readonly ifExists: boolean; readonly replaced: boolean; readonly proof: boolean }
  | On & { readonly do: 'rewrite'; readonly how: string; readonly unlogged: boolean }
  | On & { readonly do: 'foreign-key-without-index'; readonly columns: readonly string[]; readonly name: string | null }
  | On & { readonly do: 'mixed-key'; readonly column: string; readonly type: string; readonly references: string; readonly other: string; readonly otherType: string }
  | On & { readonly do: 'indexed'; readonly columns: readonly string[] }
  | On & { readonly do: 'create-index'; readonly name: string | null; readonly concurrently: boolean; readonly unique: boolean; readonly ifNotExists: boolean; readonly columns: number; readonly method: string; readonly redundant: string | null; readonly only: boolean; readonly partitioned: boolean }
  | On & { readonly do: 'drop-index'; readonly name: string; readonly concurrently: boolean; readonly ifExists: boolean; readonly cascade: boolean }
  | On & { readonly do: 'reindex'; readonly what: string; readonly name: string | null; readonly concurrently: boolean }
  | On & { readonly do: 'attach-partition'; readonly partition: Named; readonly partitionIsNew: boolean; readonly proved: boolean; readonly isDefault: boolean }
  | On & { readonly do: 'detach-partition'; readonly partition: Named; readonly concurrently: boolean; readonly finalize: boolean }
  | On & { readonly do: 'drop-table'; readonly cascade: boolean; readonly ifExists: boolean; readonly references: readonly Named[] }
  | On & { readonly do: 'truncate'; readonly cascade: boolean }
  | On & { readonly do: 'rename'; readonly what: 'table' | 'column' | 'view' | 'attribute'; readonly from: string; readonly to: string; readonly viewLeft: boolean }
  | On & { readonly do: 'move-schema'; readonly to: string }
  | On & { readonly do: 'rename-index'; readonly name: string; readonly asTable: boolean }
  | On & { readonly do: 'write'; readonly verb: 'insert' | 'update' | 'delete' | 'merge'; readonly where: boolean; readonly everyRow: boolean }
  | On & { readonly do: 'settings'; readonly what: 'comment' | 'storage' | 'statistics' | 'analyze' | 'vacuum' }
  | On & { readonly do: 'row-security'; readonly what: 'enabled' | 'disabled' | 'forced' | 'policy' }
  | On & { readonly do: 'replace-view'; readonly how: 'dropped' | 'replaced'; readonly cascade: boolean }
  | On & { readonly do: 'refresh-view'; readonly concurrently: boolean }
  | On & { readonly do: 'trigger'; readonly name: string; readonly verb: 'create' | 'drop' | 'alter' }
  | On & { readonly do: 'lock-table'; readonly mode: LockMode }
  | { readonly do: 'drop-object'; readonly what: string; readonly name: string; readonly cascade: boolean; readonly ifExists: boolean }
  | { readonly do: 'rename-object'; readonly what: string; readonly from: string; readonly to: string }
  | { readonly do: 'replace-function'; readonly name: string; readonly verb: 'replaced' | 'dropped' | 'created' }
  | { readonly do: 'change-sequence'; readonly name: string }
  | { readonly do: 'create-domain'; readonly name: string; readonly constrained: boolean }
  | { readonly do: 'constrain-domain'; readonly name: string; readonly how: string; readonly notValid: boolean }
  | { readonly do: 'create-enum'; readonly name: string }
  | { readonly do: 'add-enum-value'; readonly type: string; readonly value: string; readonly placed: boolean; readonly ifNotExists: boolean }
  | { readonly do: 'revoke'; readonly what: string }
  | { readonly do: 'create-object'; readonly what: string; readonly name: string; readonly ifNotExists: boolean; readonly replaces: boolean }
  | { readonly do: 'read'; readonly tables: readonly Named[] }
  | { readonly do: 'opaque'; readonly what: string }
  /** Opaque, but run on a copy: what it locked there stands among the locks. */
  | { readonly do: 'observed'; readonly what: string; readonly rewrote: readonly string[] }
  | { readonly do: 'advisory-lock'; readonly call: string }
  | { readonly do: 'transaction'; readonly verb: 'begin' | 'commit' | 'rollback' | 'savepoint'; readonly nested: boolean; readonly outside: boolean; readonly unended: boolean }
  | { readonly do: 'set'; readonly name: string; readonly value: string | null; readonly local: boolean }
  | { readonly do: 'long-name'; readonly name: string; readonly bytes: number }
  | { readonly do: 'bare-name'; readonly name: string }
  | { readonly do: 'twice'; readonly name: string; readonly where: string }
  | { readonly do: 'literal'; readonly text: string }
  | { readonly do: 'load-extension'; readonly name: string; readonly verb: 'create' | 'update' | 'drop' }
  | { readonly do: 'unsupported-alter'; readonly what: string }
  /** `withoutEffect`: it stands inside a transaction, where SQLite ignores it. */
  | { readonly do: 'foreign-key-switch'; readonly on: boolean; readonly withoutEffect: boolean }
  /** A table of SQLite is dropped while foreign keys may be on: that deletes its rows one by one. */
  | On & { readonly do: 'implicit-delete' }
  | { readonly do: 'unreadable'; readonly message: string }

/** A kind of action, and the shape of one. */
export type ActionKind = Action['do']
export type ActionOf<K extends ActionKind> = Extract<Action, { readonly do: K }>

/** Time-outs that stand when a statement begins: milliseconds, 0 for none, `null` where nobody has said. */
export interface TimeoutFacts {
  readonly lock: number | null
  readonly statement: number | null
}

/** A statement with all that is known of it. */
export interface StatementFacts {
  /** As it stands in the text; a step's title where there is none. */
  readonly text: string
  /** Offset of its first character in the whole text. */
  readonly start: number
  /** Statements of one number share a transaction; `null`: it stands alone. */
  readonly transaction: number | null
  readonly timeouts: TimeoutFacts
  readonly locks: readonly LockFact[]
  readonly works: readonly WorkFact[]
  readonly actions: readonly Action[]
  /** The kind of table changes that it is made of: a statement of ALTER TABLE has one for each. */
  readonly parts: number
}

/** Who will run a text, and how. */
export interface RunnerFacts {
  /** The whole text is one transaction that the runner begins and ends. */
  readonly transaction: boolean
  /** Milliseconds that the runner lets a statement wait for a lock; `null`: it sets nothing. */
  readonly lockTimeout: number | null
  /** The server's major version. */
  readonly major: number
}
