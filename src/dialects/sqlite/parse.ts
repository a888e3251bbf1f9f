import type { Constraint, IndexKey } from '../../schema/schema.ts'
import type { Token } from './tokens.ts'
import { canonical } from './canonical.ts'
import { Cursor, splitCommas } from './cursor.ts'
import { parseForeignKeyClauses } from './parse-references.ts'
import { foldName, sameName } from './names.ts'
import { isWord, tokenize } from './tokens.ts'

/** What the text of a CREATE TABLE tells beyond the pragmas. */
export interface ParsedTable {
  readonly columns: readonly ParsedColumn[]
  readonly constraints: readonly Constraint[]
  readonly strict: boolean
  readonly withoutRowid: boolean
}

export interface ParsedColumn {
  readonly name: string
  readonly collation: string | null
  readonly generated: { readonly expression: string; readonly stored: boolean } | null
  readonly autoIncrement: boolean
  /** What NOT NULL says beyond itself: `not null on conflict ignore`. */
  readonly options: readonly string[]
}

export interface ParsedIndex {
  readonly unique: boolean
  readonly keys: readonly IndexKey[]
  readonly where: string | null
}

/** Reads a CREATE TABLE statement as SQLite keeps it. */
export function parseTable(statement: string, tableName: string, columnNames: readonly string[]): ParsedTable {
  const cursor = new Cursor(tokenize(statement))
  while (!cursor.done && cursor.token?.text !== '(') cursor.next()
  const body = splitCommas(cursor.group())
  const options = cursor.rest().map((token) => token.value.toUpperCase()).join(' ')
  const known = new Set([...columnNames, tableName].map(foldName))
  const reader = new TableReader(columnNames, known)
  body.forEach((piece) => reader.read(piece))
  return {
    columns: reader.columns,
    constraints: nameAll(reader.constraints),
    strict: /\bSTRICT\b/.test(options),
    withoutRowid: /\bWITHOUT ROWID\b/.test(options),
  }
}

/** Reads a CREATE INDEX statement as SQLite keeps it. */
export function parseIndex(statement: string, columnNames: readonly string[]): ParsedIndex {
  const cursor = new Cursor(tokenize(statement))
  cursor.accept('CREATE')
  const unique = cursor.accept('UNIQUE')
  while (!cursor.done && !isWord(cursor.token, 'ON')) cursor.next()
  cursor.next()
  cursor.name()
  const known = new Set(columnNames.map(foldName))
  const keys = splitCommas(cursor.group()).map((piece) => parseKey(piece, columnNames, known))
  const where = cursor.accept('WHERE') ? canonical(cursor.rest(), known) : null
  return { unique, keys, where }
}

/** What follows the name of a view: its query, after its list of columns when it has one. */
export function parseView(statement: string, known: ReadonlySet<string>): string {
  const cursor = new Cursor(tokenize(statement))
  skipTo(cursor, 'VIEW')
  const columns = cursor.token?.text === '(' ? cursor.group() : null
  cursor.accept('AS')
  const query = canonical(cursor.rest(), known)
  return columns === null ? query : `(${canonical(columns, known)}) AS ${query}`
}

/** A CREATE TRIGGER statement in one spelling. */
export function parseTrigger(statement: string, name: string, known: ReadonlySet<string>): string {
  const cursor = new Cursor(tokenize(statement))
  skipTo(cursor, 'TRIGGER')
  const written = canonical([nameToken(name), ...cursor.rest()], new Set([...known, foldName(name)]))
  return `CREATE TRIGGER ${written}`
}

/** What follows USING of a virtual table. */
export function parseVirtual(statement: string): string {
  const tokens = tokenize(statement)
  const using = tokens.findIndex((token) => isWord(token, 'USING'))
  // A module reads its arguments as they were written.
  const [from, to] = [tokens[using + 1], tokens.at(-1)]
  return from && to ? statement.slice(from.start, to.end) : ''
}

/** Steps over `CREATE … KIND [IF NOT EXISTS] [schema.]name`. */
function skipTo(cursor: Cursor, kind: string): void {
  while (!cursor.done && !isWord(cursor.token, kind)) cursor.next()
  cursor.next()
  cursor.accept('IF', 'NOT', 'EXISTS')
  cursor.name()
  if (cursor.acceptMark('.')) cursor.name()
}

const nameToken = (name: string): Token => ({ kind: 'quoted', text: `\`${name}\``, value: name, start: 0, end: 0 })

type Unnamed = Constraint extends infer C ? (C extends Constraint ? Omit<C, 'name'> & { readonly name: string | null } : never) : never

const COLUMN_CLAUSES = ['CONSTRAINT', 'PRIMARY', 'NOT', 'NULL', 'UNIQUE', 'CHECK', 'DEFAULT', 'COLLATE', 'REFERENCES', 'GENERATED', 'AS', 'DEFERRABLE', 'ON']

class TableReader {
  readonly columns: ParsedColumn[] = []
  readonly constraints: Unnamed[] = []
  readonly #names: readonly string[]
  readonly #known: ReadonlySet<string>

  constructor(names: readonly string[], known: ReadonlySet<string>) {
    this.#names = names
    this.#known = known
  }

  read(piece: readonly Token[]): void {
    const cursor = new Cursor(piece)
    if (isWord(cursor.token, 'CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN')) this.#tableConstraints(cursor)
    else this.#column(cursor)
  }

  /** SQLite lets the comma between table constraints be left out, so that one piece may hold several. */
  #tableConstraints(cursor: Cursor): void {
    while (!cursor.done) {
      const name = cursor.accept('CONSTRAINT') ? cursor.name() : null
      if (cursor.accept('PRIMARY', 'KEY')) this.#key('primaryKey', name, cursor)
      else if (cursor.accept('UNIQUE')) this.#key('unique', name, cursor)
      else if (cursor.accept('CHECK')) this.#check(name, cursor)
      else if (cursor.accept('FOREIGN', 'KEY')) {
        const columns = splitCommas(cursor.group()).map((piece) => this.#columnName(new Cursor(piece).name()))
        this.#foreignKey(name, columns, cursor)
      } else cursor.next()
    }
  }

  #column(cursor: Cursor): void {
    const name = this.#columnName(cursor.name())
    while (!cursor.done && !isWord(cursor.token, ...COLUMN_CLAUSES)) {
      if (cursor.token?.text === '(') cursor.group()
      else cursor.next()
    }
    const facts = { collation: null as string | null, generated: null as ParsedColumn['generated'], autoIncrement: false, options: [] as string[] }
    let constraint: string | null = null
    while (!cursor.done) {
      if (cursor.accept('CONSTRAINT')) {
        constraint = cursor.name()
        continue
      }
      this.#columnClause(name, constraint, cursor, facts)
      constraint = null
    }
    this.columns.push({ name, ...facts })
  }

  #columnClause(name: string, constraint: string | null, cursor: Cursor, facts: { -readonly [K in keyof Omit<ParsedColumn, 'name' | 'options'>]: ParsedColumn[K] } & { options: string[] }): void {
    if (cursor.accept('PRIMARY', 'KEY')) {
      const descending = !cursor.accept('ASC') && cursor.accept('DESC')
      const conflict = readConflict(cursor)
      facts.autoIncrement = cursor.accept('AUTOINCREMENT')
      // On a column, and only there, DESC keeps INTEGER PRIMARY KEY from naming the rowid (lang_createtable.html#rowid).
      const parameters = [...(descending ? [`${name} desc`] : []), ...conflict]
      this.constraints.push({ type: 'primaryKey', name: constraint, columns: [name], parameters })
    } else if (cursor.accept('NOT', 'NULL')) facts.options.push(...readConflict(cursor).map((conflict) => `not null ${conflict}`))
    else if (cursor.accept('NULL')) readConflict(cursor)
    else if (cursor.accept('UNIQUE')) this.constraints.push({ type: 'unique', name: constraint, columns: [name], parameters: readConflict(cursor) })
    else if (cursor.accept('CHECK')) this.#check(constraint, cursor)
    else if (cursor.accept('DEFAULT')) skipDefault(cursor)
    else if (cursor.accept('COLLATE')) facts.collation = collationOf(cursor.name())
    else if (isWord(cursor.token, 'REFERENCES')) this.#foreignKey(constraint, [name], cursor)
    else if (cursor.accept('GENERATED', 'ALWAYS', 'AS') || cursor.accept('AS')) {
      const expression = canonical(cursor.group(), this.#known)
      const stored = cursor.accept('STORED')
      if (!stored) cursor.accept('VIRTUAL')
      facts.generated = { expression, stored }
    } else cursor.next()
  }

  #key(type: 'primaryKey' | 'unique', name: string | null, cursor: Cursor): void {
    const keys = splitCommas(cursor.group()).map((piece) => parseKey(piece, this.#names, this.#known))
    const single = type === 'primaryKey' && keys.length === 1
    const parameters = keys.flatMap((key) => {
      const column = key.column ?? key.expression ?? ''
      return [...(key.order === 'desc' && !single ? [`${column} desc`] : []), ...(key.collation ? [`${column} collate ${key.collation}`] : [])]
    })
    const columns = keys.map((key) => key.column ?? key.expression ?? '')
    this.constraints.push({ type, name, columns, parameters: [...parameters, ...readConflict(cursor)] })
  }

  #check(name: string | null, cursor: Cursor): void {
    const expression = canonical(cursor.group(), this.#known)
    readConflict(cursor)
    this.constraints.push({ type: 'check', name, expression })
  }

  #foreignKey(name: string | null, columns: readonly string[], cursor: Cursor): void {
    cursor.accept('REFERENCES')
    const table = cursor.name()
    const referenced = splitCommas(cursor.group()).map((piece) => new Cursor(piece).name())
    const clauses = parseForeignKeyClauses(cursor)
    this.constraints.push({ type: 'foreignKey', name, columns, references: { schema: 'main', table, columns: referenced }, ...clauses })
  }

  #columnName(written: string): string {
    return this.#names.find((name) => name === written) ?? this.#names.find((name) => sameName(name, written)) ?? written
  }
}

function parseKey(piece: readonly Token[], names: readonly string[], known: ReadonlySet<string>): IndexKey {
  let tokens = piece
  let order: IndexKey['order'] = 'asc'
  if (isWord(tokens.at(-1), 'ASC', 'DESC')) {
    order = isWord(tokens.at(-1), 'DESC') ? 'desc' : 'asc'
    tokens = tokens.slice(0, -1)
  }
  let collation: string | null = null
  if (isWord(tokens.at(-2), 'COLLATE')) {
    collation = collationOf(new Cursor(tokens.slice(-1)).name())
    tokens = tokens.slice(0, -2)
  }
  const nulls = order === 'asc' ? 'first' : 'last'
  const written = tokens.length === 1 ? new Cursor(tokens).name() : null
  const column = written === null ? undefined : (names.find((name) => name === written) ?? names.find((name) => sameName(name, written)))
  if (column !== undefined) return { column, expression: null, order, nulls, collation }
  return { column: null, expression: canonical(tokens, known), order, nulls, collation }
}

const collationOf = (name: string): string => name.toUpperCase()

function readConflict(cursor: Cursor): string[] {
  return cursor.accept('ON', 'CONFLICT') ? [`on conflict ${cursor.name().toLowerCase()}`] : []
}

function skipDefault(cursor: Cursor): void {
  if (cursor.token?.text === '(') cursor.group()
  else {
    if (cursor.token?.text === '-' || cursor.token?.text === '+') cursor.next()
    cursor.next()
  }
}

/** Names for what the user left unnamed: the structure itself, so that the same structure has the same name everywhere. */
function nameAll(constraints: readonly Unnamed[]): readonly Constraint[] {
  const used = new Map<string, number>()
  return constraints.map((constraint) => {
    const wanted = constraint.name ?? describeConstraint(constraint)
    const count = (used.get(wanted) ?? 0) + 1
    used.set(wanted, count)
    const name = count === 1 ? wanted : `${wanted} #${count}`
    const named = constraint.name !== null && count === 1
    // Only the name was open.
    return { ...constraint, name, named } as Constraint
  })
}

/** The name that an unnamed constraint goes by: all that it says, so that another one has another name. */
function describeConstraint(constraint: Unnamed): string {
  switch (constraint.type) {
    case 'primaryKey':
    case 'unique':
      return [constraint.type === 'unique' ? 'unique' : 'primary key', `(${constraint.columns.join(', ')})`, ...(constraint.parameters ?? [])].join(' ')
    case 'foreignKey': {
      const { references, onDelete, onUpdate, deferrable } = constraint
      const target = `${references.table}${references.columns.length === 0 ? '' : ` (${references.columns.join(', ')})`}`
      const actions = `${onUpdate === 'no action' ? '' : ` on update ${onUpdate}`}${onDelete === 'no action' ? '' : ` on delete ${onDelete}`}`
      return `foreign key (${constraint.columns.join(', ')}) to ${target}${actions}${deferrable === 'no' ? '' : ` ${deferrable}`}`
    }
    case 'check':
      return `check (${constraint.expression})`
    case 'exclusion':
      return `exclude ${constraint.definition}`
  }
}
