import type { EntryRecord, LedgerWriter, StepRecord } from '../ledger/ledger.ts'
import type { EntryFact } from '../plan/input.ts'
import type { PlanStep } from '../plan/plan.ts'
import { statementsOf } from '../registry/registry.ts'
import type { SqlWriter } from '../sql.ts'

/** Numbers the steps of a run and writes what the ledger is told of each. */
export class Journal {
  readonly run: string
  readonly #ledger: LedgerWriter
  readonly #writer: SqlWriter
  readonly #facts: ReadonlyMap<string, EntryFact>
  #seq = 0

  constructor(run: string, ledger: LedgerWriter, writer: SqlWriter, facts: readonly EntryFact[]) {
    this.run = run
    this.#ledger = ledger
    this.#writer = writer
    this.#facts = new Map(facts.map((fact) => [fact.entry.id, fact]))
  }

  /** The next step's number. */
  next(): number {
    this.#seq += 1
    return this.#seq
  }

  /** Records steps in one statement; entries that they carry out are recorded as applied with them. */
  steps(records: readonly { readonly seq: number; readonly step: PlanStep; readonly outcome: StepRecord['outcome']; readonly rows?: number; readonly attempts?: number; readonly lockWait?: number; readonly error?: string | null }[]): readonly string[] {
    const rows = records.map(({ seq, step, outcome, rows: changed, attempts, lockWait, error }): StepRecord => ({
      seq, entry: step.entry ?? null, title: step.title, phase: step.phase, class: step.class, sql: sqlOf(step), rows: changed ?? 0,
      lockWait: Math.round(lockWait ?? 0), attempts: attempts ?? 1, outcome, error: error ?? null,
    }))
    const claimed = records.flatMap(({ step, outcome }) => (outcome === 'done' ? (step.claims ?? []) : []))
    return [...this.#ledger.steps(this.run, rows), ...claimed.flatMap((id) => this.entry(id, 'applied'))]
  }

  finishStep(seq: number, change: Pick<StepRecord, 'rows' | 'lockWait' | 'attempts' | 'outcome' | 'error'>): readonly string[] {
    return this.#ledger.finishStep(this.run, seq, { ...change, lockWait: Math.round(change.lockWait) })
  }

  /** Records what became of an entry. Its `down` is kept as data, so that a build without it can roll back. */
  entry(id: string, state: string, more: Partial<Pick<EntryRecord, 'rows' | 'progress' | 'error'>> = {}): readonly string[] {
    const fact = this.#facts.get(id)
    if (fact === undefined) return []
    const { entry } = fact
    const down = entry.kind === 'sql' && entry.entry.down !== undefined ? JSON.stringify(statementsOf(entry.entry.down, this.#writer)) : null
    return this.#ledger.entry(this.run, {
      id, kind: entry.kind, state, checksum: fact.checksum, compatible: entry.compatible, down, description: entry.description,
      progress: more.progress ?? null, rows: more.rows ?? 0, error: more.error ?? null,
    })
  }

  /** Keeps a fact about this database until it is forgotten. */
  state(key: string, value: string): readonly string[] {
    return this.#ledger.state(key, value)
  }

  forgetState(key: string): readonly string[] {
    return this.#ledger.forgetState(key)
  }

  /** A query for it: its row has one column, `value`. */
  stateQuery(key: string): string {
    return this.#ledger.stateQuery(key)
  }

  /** One statement; how far it came and the rows are expressions. */
  progress(id: string, progress: string, rows: string): readonly string[] {
    return this.#ledger.progress(id, progress, rows)
  }

  /** One statement; the value is an expression. */
  changeState(key: string, value: string): readonly string[] {
    return this.#ledger.changeState(key, value)
  }

  /** An entry that failed on its way stays at its place. */
  failEntry(id: string, error: string): readonly string[] {
    return this.#ledger.failEntry(id, error)
  }
}

function sqlOf(step: PlanStep): string {
  return step.kind === 'run' ? '(code)' : step.statements.join(';\n')
}
