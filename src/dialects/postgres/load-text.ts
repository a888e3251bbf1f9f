import type { Problem } from '../../errors.ts'
import { excerptOf, isTrueupError, TrueupError } from '../../errors.ts'
import type { Kind, Schema } from '../../schema/schema.ts'
import type { Scope, Session, SourceText } from '../dialect.ts'
import { introspect } from './introspect.ts'
import { literal, quoteName } from './literal.ts'
import { inPlace, mayLoadInPlace } from './text/in-place.ts'
import { isHarmless, judge } from './text/judge.ts'
import type { Statement } from './text/split.ts'
import { positionOf, splitStatements } from './text/split.ts'

/** Runs work on a database that is made for it and thrown away after it. */
export type OpenScratch = <T>(work: (scratch: Session) => Promise<T>) => Promise<T>

/** How a text is loaded: in a database of its own, or in a transaction that is rolled back. */
interface Loading {
  readonly scratch: Session
  readonly scope: Scope
  /** Inside a transaction, where nothing can be built concurrently. */
  readonly transaction: boolean
}

/**
 * Loads DDL texts and reads what they make: hand-written statements or the output of `pg_dump`. Nothing stays. The texts run in
 * a scratch database; where none can be made, in a transaction on this session that is rolled back, with the managed schemas
 * renamed away for its length.
 *
 * @throws TrueupError `models-invalid` that names text, line and column of the statement that the server refuses, or
 * `cannot-compare` when there is no place to load a text in, or the place lacks an extension
 */
export async function loadText(session: Session, texts: readonly SourceText[], scope: Scope, openScratch?: OpenScratch): Promise<Schema> {
  const units = texts.flatMap((source) => splitStatements(source.text).map((statement) => ({ source, statement })))
  refuseForeign(units)
  const reason = await tellWhyNot(session)
  if (openScratch !== undefined && reason === null) {
    const loaded = await inScratch(openScratch, (scratch) => loadAndRead({ scratch, scope, transaction: false }, units))
    if (loaded !== null) return loaded
  }
  if (await mayLoadInPlace(session, scope)) {
    return ofSchemas(await inPlace(session, scope, () => loadAndRead({ scratch: session, scope, transaction: true }, units)))
  }
  throw noPlace(reason ?? 'no other database can be reached from this connection, and its schemas belong to another role')
}

/** `null` when no scratch database could be opened; a failure of the work itself is thrown. */
async function inScratch(openScratch: OpenScratch, work: (scratch: Session) => Promise<Schema>): Promise<Schema | null> {
  let opened = false
  try {
    return await openScratch((scratch) => {
      opened = true
      return work(scratch)
    })
  } catch (error) {
    if (opened || !NO_SCRATCH.has(fieldOf(error, 'code'))) throw error
    return null
  }
}

/** No way to another database, no right to make one, a template that is in use, nothing like it in this server. */
const NO_SCRATCH: ReadonlySet<string> = new Set(['not-supported', '42501', '55006', '0A000'])

/** What a text in place says of the database as a whole cannot be told from what was there before. */
const WHOLE: ReadonlySet<Kind> = new Set<Kind>(['extension', 'wrapper', 'server', 'userMapping', 'eventTrigger', 'publication', 'subscription'])

function ofSchemas(schema: Schema): Schema {
  return { ...schema, extension: [], wrapper: [], server: [], userMapping: [], eventTrigger: [], publication: [], subscription: [], covers: schema.covers.filter((kind) => !WHOLE.has(kind)) }
}

interface Unit {
  readonly source: SourceText
  readonly statement: Statement
}

/** Why this role cannot make a database; `null` when it can. */
async function tellWhyNot(session: Session): Promise<string | null> {
  const rights = await session.json<{ readonly create: boolean; readonly standby: boolean }>(
    `SELECT json_build_object('create', rolsuper OR rolcreatedb, 'standby', pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean)::text
FROM pg_catalog.pg_roles WHERE rolname = current_user`,
  )
  if (rights === null || rights.standby) return READ_ONLY
  return rights.create ? null : 'this role has no CREATEDB'
}

const READ_ONLY = 'it is read-only'

function noPlace(reason: string): TrueupError {
  return new TrueupError('cannot-compare', `SQL text can only be read by a database, and this one gives no place for it: ${reason}.`, {
    hint: [
      'Use one of these:',
      '- a snapshot made at build time (`trueup snapshot`), read with `fromSnapshot`',
      reason === READ_ONLY ? '- the primary, in place of this standby; or a role whose transactions may write' : '- a role with CREATEDB, so that a scratch database can be made: ALTER ROLE … CREATEDB',
      '- PGlite, as the database that reads the text when the snapshot is made',
      '- libpg-query, with models that are read without a database',
    ].join('\n'),
  })
}

async function loadAndRead(loading: Loading, units: readonly Unit[]): Promise<Schema> {
  const { scratch, scope } = loading
  await prepare(scratch, scope)
  try {
    await runInAnyOrder(loading, units)
    return await introspect(scratch, scope)
  } finally {
    // A database with a subscription cannot be dropped.
    if (!loading.transaction) await dropSubscriptions(scratch)
  }
}

async function dropSubscriptions(scratch: Session): Promise<void> {
  const names = await scratch.json<readonly string[]>(`SELECT coalesce(json_agg(s.subname), '[]')::text FROM pg_catalog.pg_subscription s
WHERE s.subdbid = (SELECT b.oid FROM pg_catalog.pg_database b WHERE b.datname = current_database())`)
  for (const name of names ?? []) {
    await scratch.execute(`ALTER SUBSCRIPTION ${quoteName(name)} SET (slot_name = NONE)`)
    await scratch.execute(`DROP SUBSCRIPTION ${quoteName(name)}`)
  }
}

/** Texts need not be in order: what refers to something that is not there yet waits until the others have run. */
async function runInAnyOrder(loading: Loading, units: readonly Unit[], paths = new Map<SourceText, string>()): Promise<void> {
  const waiting: Unit[] = []
  let first: unknown
  let current: SourceText | undefined
  for (const unit of units) {
    if (unit.source !== current) await changeText(loading, paths.get(unit.source))
    current = unit.source
    try {
      await runUnit(loading, unit)
      if (setsPath(unit.statement)) paths.set(unit.source, unit.statement.text)
    } catch (error) {
      if (!isForward(error)) throw error
      first ??= error
      waiting.push(unit)
    }
  }
  if (waiting.length === units.length && waiting.length > 0) throw first
  if (waiting.length > 0) await runInAnyOrder(loading, waiting, paths)
}

/** A dump empties the search path, which means nothing to the text that comes after it. */
async function changeText({ scratch, scope }: Loading, path: string | undefined): Promise<void> {
  await scratch.execute(searchPath(scope))
  if (path !== undefined) await scratch.execute(path)
}

const setsPath = ({ tokens, text }: Statement): boolean =>
  (tokens[0]?.value === 'set' && tokens.slice(1, 3).some(({ value }) => value === 'search_path')) || (tokens[0]?.value === 'select' && /set_config\s*\(\s*'search_path'/i.test(text))

const searchPath = ({ defaultSchema }: Scope): string => `SET search_path = ${quoteName(defaultSchema)}${defaultSchema === 'public' ? '' : ', public'}`

/** Unknown table, column, function, type or schema. */
const FORWARD: ReadonlySet<string> = new Set(['42P01', '42703', '42883', '42704', '3F000'])

const isForward = (error: unknown): boolean => isTrueupError(error) && FORWARD.has(fieldOf(error.cause, 'code'))

/** The schema of unqualified names is there before the text begins; bodies of functions are not resolved before all is there. */
async function prepare(scratch: Session, scope: Scope): Promise<void> {
  if (scope.defaultSchema !== 'public') await scratch.execute(`CREATE SCHEMA IF NOT EXISTS ${quoteName(scope.defaultSchema)}`)
  await scratch.execute(searchPath(scope))
  await scratch.execute('SET check_function_bodies = off')
  await scratch.execute('SET client_min_messages = error')
}

async function runUnit(loading: Loading, unit: Unit): Promise<void> {
  const { scratch, scope, transaction } = loading
  const verdict = judge(unit.statement)
  if (verdict.do === 'skip') return
  if (verdict.do === 'role') return requireRole(scratch, unit, verdict)
  const text = transaction ? withoutConcurrently(unit.statement) : unit.statement.text
  if (transaction) await scratch.execute('SAVEPOINT trueup_statement')
  try {
    await scratch.execute(text)
  } catch (error) {
    if (transaction) await scratch.execute('ROLLBACK TO SAVEPOINT trueup_statement')
    const code = fieldOf(error, 'code')
    if (!isHarmless(unit.statement, code, scope.privileges === true)) throw refused(unit, text, error)
  }
  if (transaction) await scratch.execute('RELEASE SAVEPOINT trueup_statement')
}

async function requireRole(scratch: Session, { source, statement }: Unit, role: { readonly name: string; readonly why: string }): Promise<void> {
  const rows = await scratch.query(`SELECT 1 AS there FROM pg_catalog.pg_roles WHERE rolname = ${literal(role.name)}`)
  if (rows.length > 0) return
  const problem = problemAt(source, statement.start, role.why)
  throw new TrueupError('models-invalid', `${problem.subject}: ${role.why}.`, { problems: [problem] })
}

/** CONCURRENTLY says how, not what; blanks in its place keep the positions of errors. */
function withoutConcurrently({ text, start, tokens }: Statement): string {
  const words = tokens.slice(0, 5).map((token) => token.value)
  if (words[0] !== 'create' || !words.includes('index')) return text
  const word = tokens.slice(0, 4).find((token) => token.kind === 'word' && token.value === 'concurrently')
  if (word === undefined) return text
  const at = word.start - start
  return text.slice(0, at) + ' '.repeat(word.end - word.start) + text.slice(at + (word.end - word.start))
}

function refuseForeign(units: readonly Unit[]): void {
  const problems = units.flatMap(({ source, statement }) => {
    const verdict = judge(statement)
    return verdict.do === 'refuse' ? [{ ...problemAt(source, statement.start, `${verdict.why}.`), ...(verdict.hint !== undefined && { hint: verdict.hint }) }] : []
  })
  const [first] = problems
  if (first === undefined) return
  throw new TrueupError('models-invalid', `${first.subject}: ${first.message}`, { problems, hint: first.hint ?? 'Take it out of the text that describes the schema.' })
}

/** The error of the server, at the place in the text that it speaks of. */
function refused({ source, statement }: Unit, text: string, error: unknown): TrueupError {
  const position = Number(fieldOf(error, 'position'))
  const inside = position > 0 ? [...text].slice(0, position - 1).join('').length : 0
  const message = firstLineNear(error instanceof Error ? error.message : String(error))
  const problem = problemAt(source, statement.start + inside, message)
  const extension = /extension "([^"]+)" is not available|could not open extension control file "[^"]*\/([^"/]+)\.control"/.exec(message)
  const name = extension?.[1] ?? extension?.[2]
  const hint = name === undefined
    ? (fieldOf(error, 'hint') || 'Correct the text and start again; nothing was changed.')
    : `The server that reads the text lacks the extension ${name}. Install it there, or use a snapshot that was made on a server that has it.`
  // The text may well be right: whoever reads it cannot tell.
  return new TrueupError(name === undefined ? 'models-invalid' : 'cannot-compare', `${problem.subject}: ${message}`, { hint, problems: [problem], cause: error })
}

/** What has no end reaches to the end of the text, and the server repeats all of it: its first line is enough. */
const firstLineNear = (message: string): string => message.replace(/( at or near "[^\n]*)\n[^]*"$/, '$1 …"')

function problemAt(source: SourceText, offset: number, message: string): Problem {
  const position = positionOf(source.text, offset)
  const excerpt = excerptOf(source.text, position)
  return { subject: `${source.name}:${position.line}:${position.column}`, message, ...(excerpt !== undefined && { excerpt }) }
}

/** A field of a driver's error as text; empty when it has none. */
function fieldOf(error: unknown, field: 'code' | 'position' | 'hint'): string {
  if (typeof error !== 'object' || error === null) return ''
  const value = (error as Record<string, unknown>)[field]
  return value === undefined || value === null ? '' : String(value)
}
