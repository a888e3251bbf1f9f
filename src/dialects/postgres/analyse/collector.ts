import type { RangeVar } from 'libpg-query'
import type { Named } from '../../../schema/schema.ts'
import { keyOf } from '../../../schema/schema.ts'
import type { Action, LockFact, LockMode, ReferenceFact, RunnerFacts, WorkFact } from '../../facts.ts'
import { strengthOf } from '../../facts.ts'
import type { IndexMemory, Memory } from './memory.ts'
import { relationOf, typeText } from './tree.ts'

const SERIALS: Readonly<Record<string, string>> = { serial: 'int4', serial4: 'int4', smallserial: 'int2', serial2: 'int2', bigserial: 'int8', serial8: 'int8' }
const storedAs = (type: string): string => SERIALS[type] ?? type

/** Gathers the facts of one statement. */
export class Collector {
  readonly locks: LockFact[] = []
  readonly works: WorkFact[] = []
  readonly actions: Action[] = []
  parts = 1
  readonly memory: Memory
  readonly runner: RunnerFacts
  readonly defaultSchema: string
  /** The number of its transaction; `null` when it stands alone. */
  readonly transaction: number | null

  constructor(memory: Memory, runner: RunnerFacts, defaultSchema: string, transaction: number | null) {
    this.memory = memory
    this.runner = runner
    this.defaultSchema = defaultSchema
    this.transaction = transaction
  }

  act(action: Action): void {
    this.actions.push(action)
  }

  /** The strongest mode on a relation stands. */
  lock(relation: Named, mode: LockMode, kind: 'table' | 'index' = 'table'): void {
    const at = this.locks.findIndex((one) => keyOf(one.relation) === keyOf(relation))
    const known = this.locks[at]
    const fact: LockFact = { relation, mode, isNew: this.memory.isNew(relation), ...(kind === 'index' && { index: true }) }
    if (known === undefined) this.locks.push(fact)
    else if (strengthOf(mode) > strengthOf(known.mode)) this.locks[at] = fact
  }

  work(kind: WorkFact['kind'], relation: Named, under: LockMode): void {
    this.works.push({ kind, relation, under, isNew: this.memory.isNew(relation) })
  }

  /** The table that a node names, with a remark when it has no schema. */
  relation(node: RangeVar | undefined, remark = true): Named {
    const named = relationOf(node, this.defaultSchema)
    if (remark && node?.schemaname === undefined && node?.relpersistence !== 't' && !this.memory.table(named)?.temporary) this.act({ do: 'bare-name', name: named.name })
    return named
  }

  /** An index is there from now on, by a statement of its own or by a constraint. */
  index(name: string, index: IndexMemory): void {
    this.memory.indexes.set(`${index.table.schema}.${name}`, index)
    if (!index.partial) this.act({ do: 'indexed', ...this.on(index.table), columns: index.columns })
  }

  /** A foreign key is searched by its columns whenever a row that it points at goes or changes its key. */
  foreignKey(table: Named, columns: readonly string[], name: string | null, references: ReferenceFact | null): void {
    if (references !== null) this.#compareKeys(table, columns, references)
    const indexed = this.memory.indexesOf(table).some((one) => !one.partial && columns.length > 0 && columns.every((column) => one.columns.slice(0, columns.length).includes(column)))
    if (!indexed) this.act({ do: 'foreign-key-without-index', ...this.on(table), columns, name })
  }

  #compareKeys(table: Named, columns: readonly string[], references: ReferenceFact): void {
    const target = this.memory.table(references.table)
    const key = references.columns.length > 0 ? references.columns : ([...(target?.constraints.values() ?? [])].find((one) => one.type === 'primary key')?.columns ?? [])
    columns.forEach((column, at) => {
      const [own, other] = [this.memory.table(table)?.columns.get(column)?.type, target?.columns.get(key[at] ?? '')?.type]
      if (!own || !other || storedAs(own.name) === storedAs(other.name)) return
      this.act({ do: 'mixed-key', ...this.on(table), column, type: typeText(own), references: references.table.name, other: key[at] ?? '', otherType: typeText(other) })
    })
  }

  on(table: Named): { readonly table: Named; readonly isNew: boolean } {
    return { table, isNew: this.memory.isNew(table) }
  }
}
