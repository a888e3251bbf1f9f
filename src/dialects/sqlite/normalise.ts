import type { Normalised, NormaliseRequest, Scope, Session, SourceText } from '../dialect.ts'
import type { Index, ObjectRef, Schema, Table, View } from '../../schema/schema.ts'
import type { Problem as Told } from '../../errors.ts'
import { excerptOf, TrueupError } from '../../errors.ts'
import { childRef, makeSchema, refOf, TOP_KINDS } from '../../schema/schema.ts'
import { agree } from './agree.ts'
import { columnClause, createIndex, createTable, createTrigger, createView } from './ddl.ts'
import { describeCatalogue } from './introspect.ts'
import { foldName } from './names.ts'
import { Scratch } from './scratch.ts'
import { connectionOf } from './session.ts'
import type { Statement, Token } from './tokens.ts'
import { isWord, positionOf, splitStatements } from './tokens.ts'

type Problem = Normalised['problems'][number]

/** A declared schema in SQLite's words: created in a scratch database and read back. */
export async function normalise(session: Session, request: NormaliseRequest): Promise<Normalised> {
  const scratch = new Scratch(connectionOf(session))
  try {
    const problems = [...foreignKinds(request.declared), ...createAll(scratch, request.declared)]
    const read = restoreUnspoken(describeCatalogue(scratch.catalogue(), { ledgerTables: [] }), request.declared)
    // What the user's connection knows and the scratch does not can still be created; only its words stay as they are.
    const unknown = problems.filter(({ message }) => UNKNOWN_HERE.test(message))
    const schema = agree(addUnread(read, request, unknown), request.live)
    return {
      schema,
      incomparable: unknown.map(({ ref, message }) => ({ ref, field: 'definition', reason: `it needs what only the application's connection has: ${message}` })),
      problems: problems.filter((problem) => !unknown.includes(problem)),
    }
  } finally {
    scratch.close()
  }
}

/** Functions, modules and collations may be registered on the user's connection. */
const UNKNOWN_HERE = /^no such (?:function|module|collation sequence)/

/** Tables that could not be tried: as they are in the database, or as declared where there is none. */
function addUnread(read: Schema, { declared, live }: NormaliseRequest, unknown: readonly Problem[]): Schema {
  const names = new Set(unknown.map(({ ref }) => foldName(ref.table ?? ref.name)))
  const tables = declared.table.filter((table) => names.has(foldName(table.name))).map((table) => live.table.find((other) => foldName(other.name) === foldName(table.name)) ?? table)
  return makeSchema({ ...read, table: [...read.table.filter((table) => !names.has(foldName(table.name))), ...tables] })
}

/**
 * Loads DDL texts into a scratch database and reads them.
 *
 * @throws TrueupError `models-invalid` that names text, line and column of every statement that SQLite refuses
 */
export async function loadText(session: Session, texts: readonly SourceText[], scope: Scope): Promise<Schema> {
  const scratch = new Scratch(connectionOf(session))
  try {
    const problems = texts.flatMap((source) => loadOne(scratch, source))
    if (problems.length > 0) {
      const first = problems[0]
      throw new TrueupError('models-invalid', `SQLite refuses ${problems.length === 1 ? 'a statement' : `${problems.length} statements`} of the models: ${first?.subject}: ${first?.message}.`, {
        hint: problems.some(({ message }) => UNKNOWN_HERE.test(message)) ? 'Texts are tried on a connection of their own, which does not know functions, modules and collations that the application registers.' : 'Correct the text; every place is listed.',
        problems,
      })
    }
    return describeCatalogue(scratch.catalogue(), { ledgerTables: scope.ledgerTables, ...(scope.tolerate && { tolerate: scope.tolerate }) })
  } finally {
    scratch.close()
  }
}

/** What `.schema` prints of tables that SQLite makes itself. */
const OWN_TABLE = /^create\s+table\s+(?:if\s+not\s+exists\s+)?["'`[]?sqlite_/i

function loadOne(scratch: Scratch, source: SourceText): Told[] {
  return splitStatements(source.text).flatMap((statement) => {
    const first = statement.tokens[0]
    if (OWN_TABLE.test(statement.text)) return []
    const reachesOut = isWord(first, 'ATTACH', 'DETACH', 'VACUUM')
    const message = reachesOut ? `${first?.value} is not part of a schema` : scratch.refusal(statement.text)
    if (message === null) return []
    const position = positionOf(source.text, blamedToken(scratch, statement, message)?.start ?? statement.start)
    const excerpt = excerptOf(source.text, position)
    return [{ subject: `${source.name}:${position.line}:${position.column}`, message, ...(excerpt !== undefined && { excerpt }) }]
  })
}

/** SQLite names the token it stumbled over, not its place: the first of that text at which it already stumbles. */
function blamedToken(scratch: Scratch, statement: Statement, message: string): Token | undefined {
  const near = /^near "([^]+?)": syntax error/.exec(message)?.[1]
  const candidates = near === undefined ? [] : statement.tokens.filter((token) => token.text === near)
  if (candidates.length < 2) return candidates[0]
  return candidates.find((token) => scratch.refusal(statement.text.slice(0, token.end - statement.start)) === message)
}

function foreignKinds(declared: Schema): Problem[] {
  return TOP_KINDS.filter((kind) => kind !== 'table' && kind !== 'view' && kind !== 'namespace').flatMap((kind) =>
    declared[kind].map((object): Problem => ({ ref: refOf(kind, object), message: `SQLite has no objects of the kind ${kind}.` })),
  )
}

function createAll(scratch: Scratch, declared: Schema): Problem[] {
  const tables = declared.table.flatMap((table) => createWhole(scratch, table))
  const views = declared.view.flatMap((view) => attempt(scratch, refOf('view', view), () => createView(view)))
  const triggers = [...declared.table, ...declared.view].flatMap((relation) =>
    (relation.triggers ?? []).flatMap((trigger) => attempt(scratch, childRef('trigger', relation, trigger.name), () => createTrigger(trigger))),
  )
  return [...tables, ...views, ...triggers]
}

function createWhole(scratch: Scratch, table: Table): Problem[] {
  const [problem] = attempt(scratch, refOf('table', table), () => createTable(table))
  if (problem === undefined) return table.indexes.flatMap((index) => attempt(scratch, childRef('index', table, index.name), () => createIndex(index, table.name)))
  if (UNKNOWN_HERE.test(problem.message)) return [problem]
  // Which column is to blame: the one that is refused alone.
  const blamed = table.columns.flatMap((column) => {
    const alone = attempt(scratch, childRef('column', table, column.name), () => `CREATE TABLE "trueup_one" (${columnClause({ ...column, generated: null }, undefined, table)})`)
    scratch.refusal('DROP TABLE IF EXISTS "trueup_one"')
    return alone
  })
  return blamed.length > 0 ? blamed : [problem]
}

function attempt(scratch: Scratch, ref: ObjectRef, statement: () => string): Problem[] {
  try {
    const refusal = scratch.refusal(statement())
    return refusal === null ? [] : [{ ref, message: refusal }]
  } catch (error) {
    return [{ ref, message: error instanceof Error ? error.message : String(error) }]
  }
}

/** What the declaration did not speak of stays unsaid, and names that nobody wrote stay so. */
function restoreUnspoken(read: Schema, declared: Schema): Schema {
  const restoreTable = (table: Table): Table => {
    const source = declared.table.find((candidate) => foldName(candidate.name) === foldName(table.name))
    const { triggers, statement: _statement, ...rest } = table
    // NULL is what a column without a default has anyway.
    const columns = table.columns.map((column) => (column.default === 'NULL' ? { ...column, default: null } : column))
    return { ...rest, columns, indexes: restoreIndexes(table.indexes, source?.indexes), ...(source?.triggers && triggers && { triggers }), ...(source?.leaves && { leaves: source.leaves }) }
  }
  const restoreView = (view: View): View => {
    const source = declared.view.find((candidate) => foldName(candidate.name) === foldName(view.name))
    const { triggers, ...rest } = view
    return { ...rest, ...(source?.triggers && triggers && { triggers }) }
  }
  const covers = read.covers.filter((kind) => declared.covers.includes(kind))
  return makeSchema({ ...read, table: read.table.map(restoreTable), view: read.view.map(restoreView), covers, ...(declared.silent && { silent: declared.silent }) })
}

function restoreIndexes(indexes: readonly Index[], declared: readonly Index[] | undefined): readonly Index[] {
  return indexes.map((index) => (declared?.find((candidate) => candidate.name === index.name)?.named === false ? { ...index, named: false } : index))
}
