import type { Node } from 'libpg-query'
import type { RunnerFacts, StatementFacts, TimeoutFacts } from '../../facts.ts'
import { splitStatements, type Statement } from '../text/split.ts'
import { Collector } from './collector.ts'
import { understand } from './dispatch.ts'
import { Memory } from './memory.ts'
import { milliseconds, transactionVerb } from './settings.ts'
import { as, type Parse, walk } from './tree.ts'

export type { Parse } from './tree.ts'

/** Reads texts one after the other, as a database would get them: what the first made is there for the second. */
export class Analyser {
  readonly #parse: Parse
  readonly #memory = new Memory()
  readonly #defaultSchema: string
  #transactions = 0

  /** @param parse PostgreSQL's own parser; throws for what it cannot read */
  constructor(parse: Parse, defaultSchema = 'public') {
    this.#parse = parse
    this.#defaultSchema = defaultSchema
  }

  /** The facts of every statement of a text. A statement that cannot be parsed has the action `unreadable`. */
  analyse(text: string, runner: RunnerFacts): readonly StatementFacts[] {
    this.#memory.begin()
    const run = new Run(runner, () => (this.#transactions += 1))
    const statements = splitStatements(text).map((statement) => this.#one(statement, run, runner))
    return run.isOpen ? unended(statements) : statements
  }

  #one(statement: Statement, run: Run, runner: RunnerFacts): StatementFacts {
    const collect = new Collector(this.#memory, runner, this.#defaultSchema, run.transaction)
    const timeouts = run.timeouts
    for (const node of this.#read(statement.text, collect)) {
      run.take(node, collect)
      understand(node, collect)
      literals(node, collect)
    }
    longNames(statement, collect)
    run.remember(collect)
    const { locks, works, actions, parts } = collect
    return { text: statement.text, start: statement.start, transaction: collect.transaction, timeouts, locks, works, actions, parts }
  }

  /** The trees of a text; none, and a remark, where the parser refuses it. */
  #read(text: string, collect: Collector): readonly Node[] {
    try {
      return (this.#parse(text).stmts ?? []).flatMap(({ stmt }) => stmt ?? [])
    } catch (error) {
      collect.act({ do: 'unreadable', message: error instanceof Error ? error.message : String(error) })
      return []
    }
  }
}

/** The longest name in bytes (NAMEDATALEN - 1). The parser cuts what is longer, as the server does: only the text still has it. */
const LONGEST_NAME = 63

function longNames({ tokens }: Statement, collect: Collector): void {
  const names = tokens.flatMap(({ kind, value }) => (kind === 'word' ? [value] : kind === 'name' && value.startsWith('"') ? [value.slice(1, -1).replaceAll('""', '"')] : []))
  for (const name of new Set(names)) {
    const bytes = new TextEncoder().encode(name).length
    if (bytes > LONGEST_NAME) collect.act({ do: 'long-name', name, bytes })
  }
}

/** The last BEGIN of a text that has no end for it. */
function unended(statements: readonly StatementFacts[]): readonly StatementFacts[] {
  const last = statements.findLastIndex(({ actions }) => actions.some((action) => action.do === 'transaction' && action.verb === 'begin'))
  return statements.map((statement, at) => (at !== last ? statement : { ...statement, actions: statement.actions.map((action) => (action.do === 'transaction' ? { ...action, unended: true } : action)) }))
}

/** Texts in a statement that may be the label of an enum type that this file has added. */
function literals(statement: Node, collect: Collector): void {
  if (collect.memory.labels.size === 0 || as(statement, 'AlterEnumStmt') !== undefined) return
  walk(statement, (tag, node) => {
    const text = tag === 'A_Const' ? (node['sval'] as { readonly sval?: string } | undefined)?.sval : undefined
    const label = text === undefined ? undefined : collect.memory.labels.get(text)
    if (text !== undefined && label?.unit === collect.memory.unit && label.transaction !== null && label.transaction === collect.transaction) collect.act({ do: 'literal', text })
  })
}

/** Transactions and time-outs as they stand between the statements of one text. */
class Run {
  readonly #runner: RunnerFacts
  #transaction: number | null
  readonly #next: () => number
  #own = false
  #session: TimeoutFacts
  #local: Partial<TimeoutFacts> = {}

  /** @param next a number that no other transaction has */
  constructor(runner: RunnerFacts, next: () => number) {
    this.#runner = runner
    this.#next = next
    this.#transaction = runner.transaction ? next() : null
    this.#session = { lock: runner.lockTimeout, statement: runner.lockTimeout === null ? null : 0 }
  }

  get transaction(): number | null {
    return this.#transaction
  }

  get timeouts(): TimeoutFacts {
    return { ...this.#session, ...this.#local }
  }

  take(statement: Node, collect: Collector): void {
    const own = as(statement, 'TransactionStmt')
    const verb = own === undefined ? null : transactionVerb(own)
    if (verb === null) return
    const outside = this.#transaction === null
    collect.act({ do: 'transaction', verb, nested: verb === 'begin' ? !outside : outside, outside: this.#runner.transaction, unended: false })
    if (this.#runner.transaction) return
    this.#local = {}
    this.#own = verb === 'begin'
    if (verb !== 'begin') this.#transaction = null
    else if (outside) this.#transaction = this.#next()
  }

  remember(collect: Collector): void {
    for (const action of collect.actions) {
      if (action.do !== 'set' || (action.name !== 'lock_timeout' && action.name !== 'statement_timeout')) continue
      const change = { [action.name === 'lock_timeout' ? 'lock' : 'statement']: action.value === null ? null : milliseconds(action.value) }
      if (action.local) this.#local = { ...this.#local, ...change }
      else this.#session = { ...this.#session, ...change }
    }
  }

  /** A transaction that the text began and did not end. */
  get isOpen(): boolean {
    return this.#own
  }
}
