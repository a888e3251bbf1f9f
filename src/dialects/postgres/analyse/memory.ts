import type { Named } from '../../../schema/schema.ts'
import { keyOf } from '../../../schema/schema.ts'
import type { ConstraintKind, TypeFact } from '../../facts.ts'

export interface ColumnMemory {
  readonly type: TypeFact | null
  readonly notNull: boolean
  /** The file in which it was added. */
  readonly unit: number
}

export interface ConstraintMemory {
  readonly type: ConstraintKind
  readonly columns: readonly string[]
  readonly valid: boolean
  readonly references: Named | null
  /** The columns that it points at; none where the primary key is meant. */
  readonly target: readonly string[]
  /** Columns that it proves to be NOT NULL. */
  readonly proves: readonly string[]
  readonly transaction: number | null
}

export interface IndexMemory {
  readonly table: Named
  /** Leading columns until the first expression. */
  readonly columns: readonly string[]
  readonly partial: boolean
  readonly unique: boolean
}

export interface TableMemory {
  readonly unit: number
  readonly columns: Map<string, ColumnMemory>
  readonly constraints: Map<string, ConstraintMemory>
  readonly partitioned: boolean
  readonly partitionOf: Named | null
  readonly temporary: boolean
  /** Its definition is known as a whole, not only what statements have said about it. */
  readonly whole: boolean
  defaultPartition: Named | null
}

/**
 * What the statements so far tell of the database: which tables are new in this file, which columns have which type, what is
 * proved. Files before this one count as deployed: their tables are known, and not new.
 */
export class Memory {
  unit = 0
  readonly #tables = new Map<string, TableMemory>()
  readonly indexes = new Map<string, IndexMemory>()
  readonly domains = new Map<string, boolean>()
  readonly enums = new Map<string, { readonly unit: number }>()
  readonly views = new Set<string>()
  /** Labels that were added to an enum type, with the transaction in which that was. */
  readonly labels = new Map<string, { readonly unit: number; readonly transaction: number | null; readonly type: string }>()

  /** A file begins: what is made from here on is new. */
  begin(): void {
    this.unit += 1
  }

  table(name: Named): TableMemory | undefined {
    return this.#tables.get(keyOf(name))
  }

  /** The memory of a table, which begins when something is said of it. */
  about(name: Named): TableMemory {
    const known = this.table(name)
    if (known !== undefined) return known
    const made: TableMemory = { unit: -1, columns: new Map(), constraints: new Map(), partitioned: false, partitionOf: null, temporary: false, whole: false, defaultPartition: null }
    this.#tables.set(keyOf(name), made)
    return made
  }

  create(name: Named, facts: Pick<TableMemory, 'partitioned' | 'partitionOf' | 'temporary'>): TableMemory {
    const made: TableMemory = { unit: this.unit, columns: new Map(), constraints: new Map(), whole: true, defaultPartition: null, ...facts }
    this.#tables.set(keyOf(name), made)
    return made
  }

  drop(name: Named): void {
    this.#tables.delete(keyOf(name))
    for (const [key, index] of this.indexes) if (keyOf(index.table) === keyOf(name)) this.indexes.delete(key)
  }

  rename(from: Named, to: Named): void {
    const known = this.table(from)
    if (known === undefined) return
    this.#tables.delete(keyOf(from))
    this.#tables.set(keyOf(to), known)
    for (const [key, index] of this.indexes) if (keyOf(index.table) === keyOf(from)) this.indexes.set(key, { ...index, table: to })
  }

  isNew(name: Named): boolean {
    const known = this.table(name)
    return known !== undefined && (known.unit === this.unit || known.temporary)
  }

  /** Tables whose foreign keys point at this one. */
  children(of: Named): readonly Named[] {
    const pointing = [...this.#tables].filter(([, table]) => [...table.constraints.values()].some((one) => one.references !== null && keyOf(one.references) === keyOf(of)))
    return pointing.map(([key]) => key.split('\u0000')).map(([schema = '', name = '']) => ({ schema, name }))
  }

  indexesOf(table: Named): readonly IndexMemory[] {
    return [...this.indexes.values()].filter((index) => keyOf(index.table) === keyOf(table))
  }
}
