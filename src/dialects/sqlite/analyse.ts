import type { Named } from '../../schema/schema.ts'
import type { Action, ColumnFact, RunnerFacts, StatementFacts } from '../facts.ts'
import { isForeignKeysOff } from './foreign-keys-off.ts'
import { isWord, splitStatements, type Token } from './tokens.ts'

const SCHEMA = 'main'

/**
 * What statements of SQLite do, as far as its words tell. There are no locks on tables to speak of: one writer at a time has
 * the whole database.
 */
export class SqliteAnalyser {
  #made = new Set<string>()
  #foreignKeysOff = false

  /** The facts of every statement of a text. */
  analyse(text: string, runner: RunnerFacts): readonly StatementFacts[] {
    const statements = splitStatements(text)
    this.#made = new Set()
    // Our own runner sends the switch before its transaction, wherever it stands.
    this.#foreignKeysOff = runner.transaction && statements.some(isForeignKeysOff)
    let transaction: number | null = runner.transaction ? 1 : null
    let count = 1
    return statements.map((statement) => {
      const actions: Action[] = []
      const words = new Words(statement.tokens)
      const verb = words.accept('BEGIN') ? 'begin' : words.accept('COMMIT', 'END') ? 'commit' : words.accept('ROLLBACK') ? 'rollback' : null
      const savepoint = verb === 'rollback' && words.has('TO')
      if (verb !== null && !savepoint) {
        const outside = transaction === null
        actions.push({ do: 'transaction', verb, nested: verb === 'begin' ? !outside : outside, outside: runner.transaction, unended: false })
        if (!runner.transaction && verb === 'begin' && outside) transaction = count += 1
        if (!runner.transaction && verb !== 'begin') transaction = null
      } else actions.push(...this.#understand(words, transaction !== null && !(runner.transaction && isForeignKeysOff(statement))))
      return { text: statement.text, start: statement.start, transaction, timeouts: { lock: 0, statement: 0 }, locks: [], works: [], actions, parts: 1 }
    })
  }

  #on(name: string): { readonly table: Named; readonly isNew: boolean } {
    return { table: { schema: SCHEMA, name }, isNew: this.#made.has(name.toLowerCase()) }
  }

  #understand(words: Words, inTransaction: boolean): Action[] {
    if (words.accept('CREATE')) return this.#create(words)
    if (words.accept('DROP')) return this.#drop(words)
    if (words.accept('ALTER')) return this.#alter(words)
    if (words.accept('PRAGMA')) return this.#pragma(words, inTransaction)
    if (words.accept('WITH') && !words.skipTo('INSERT', 'UPDATE', 'DELETE', 'REPLACE', 'SELECT')) return []
    if (words.accept('UPDATE')) return this.#write('update', words)
    if (words.accept('DELETE')) return words.accept('FROM') ? this.#write('delete', words) : []
    return []
  }

  #create(words: Words): Action[] {
    const temporary = words.accept('TEMP', 'TEMPORARY')
    if (words.accept('TABLE')) {
      const ifNotExists = words.accept('IF')
      if (ifNotExists) words.skip(2)
      const name = words.name()
      this.#made.add(name.toLowerCase())
      return [{ do: 'create-table', ...this.#on(name), columns: [], references: [], ifNotExists, temporary, unlogged: false, partitionOf: null, from: null }]
    }
    return words.accept('VIEW') ? [{ do: 'create-object', what: 'view', name: words.name(), ifNotExists: false, replaces: false }] : []
  }

  #drop(words: Words): Action[] {
    const what = words.accept('TABLE') ? 'table' : words.accept('VIEW') ? 'view' : null
    if (what === null) return []
    const ifExists = words.accept('IF')
    if (ifExists) words.skip(1)
    const name = words.name()
    const on = this.#on(name)
    this.#made.delete(name.toLowerCase())
    if (what !== 'table') return []
    return [{ do: 'drop-table', ...on, cascade: false, ifExists, references: [] }, ...(on.isNew || this.#foreignKeysOff ? [] : [{ do: 'implicit-delete' as const, ...on }])]
  }

  #alter(words: Words): Action[] {
    if (!words.accept('TABLE')) return []
    const table = words.name()
    const on = this.#on(table)
    if (words.accept('RENAME')) {
      const column = !words.accept('TO')
      if (column) words.accept('COLUMN')
      const from = column ? words.name() : table
      if (column) words.accept('TO')
      return [{ do: 'rename', ...on, what: column ? 'column' : 'table', from, to: words.name(), viewLeft: false }]
    }
    if (words.accept('DROP')) {
      if (words.has('CONSTRAINT')) return [{ do: 'unsupported-alter', what: 'ALTER TABLE … DROP CONSTRAINT' }]
      words.accept('COLUMN')
      return [{ do: 'drop-column', ...on, column: words.name(), cascade: false, ifExists: false }]
    }
    if (words.accept('ADD')) {
      if (words.has('CONSTRAINT', 'FOREIGN', 'PRIMARY', 'UNIQUE', 'CHECK')) return [{ do: 'unsupported-alter', what: 'ALTER TABLE … ADD CONSTRAINT' }]
      words.accept('COLUMN')
      return [{ do: 'add-column', ...on, column: column(words), ifNotExists: false }]
    }
    return [{ do: 'unsupported-alter', what: 'ALTER TABLE … ALTER COLUMN' }]
  }

  #pragma(words: Words, inTransaction: boolean): Action[] {
    if (words.name().toLowerCase() !== 'foreign_keys') return []
    const value = words.rest().map((token) => token.value.toUpperCase()).find((text) => text !== '=' && text !== '(')
    if (value === undefined) return []
    const on = ['ON', '1', 'TRUE', 'YES'].includes(value)
    if (!inTransaction) this.#foreignKeysOff = !on
    return [{ do: 'foreign-key-switch', on, withoutEffect: inTransaction }]
  }

  #write(verb: 'update' | 'delete', words: Words): Action[] {
    if (words.accept('OR')) words.skip(1)
    const where = words.includes('WHERE')
    return [{ do: 'write', ...this.#on(words.name()), verb, where, everyRow: !where }]
  }
}

function column(words: Words): ColumnFact {
  const name = words.name()
  const filled = words.includes('DEFAULT') && !words.sequence('DEFAULT', 'NULL')
  return {
    name, type: { name: '', schema: null, mods: [], array: false, serial: false }, default: filled ? 'constant' : 'none', notNull: words.sequence('NOT', 'NULL'), primary: false, unique: false, check: false,
    references: null, identity: false, generated: words.includes('GENERATED') || words.includes('AS') ? 'virtual' : null, constrainedDomain: false,
  }
}

/** Walks along the tokens of one statement. */
class Words {
  #at = 0
  readonly #tokens: readonly Token[]

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  has(...words: readonly string[]): boolean {
    return isWord(this.#tokens[this.#at], ...words)
  }

  accept(...words: readonly string[]): boolean {
    const there = this.has(...words)
    if (there) this.#at += 1
    return there
  }

  skip(count: number): void {
    this.#at += count
  }

  skipTo(...words: readonly string[]): boolean {
    const at = this.#tokens.findIndex((token, index) => index >= this.#at && isWord(token, ...words))
    if (at >= 0) this.#at = at
    return at >= 0
  }

  /** A name, without the schema that may stand before it. */
  name(): string {
    const first = this.#tokens[this.#at]
    this.#at += 1
    if (this.#tokens[this.#at]?.text !== '.') return nameOf(first)
    this.#at += 2
    return nameOf(this.#tokens[this.#at - 1])
  }

  includes(word: string): boolean {
    return this.rest().some((token) => isWord(token, word))
  }

  sequence(first: string, second: string): boolean {
    return this.rest().some((token, index, all) => isWord(token, first) && isWord(all[index + 1], second))
  }

  rest(): readonly Token[] {
    return this.#tokens.slice(this.#at)
  }
}

/** A quoted name as it is, a word as it was written. */
const nameOf = (token: Token | undefined): string => (token === undefined ? '' : token.kind === 'word' ? token.text : token.value)
