import type { Scope, Session } from '../../dialect.ts'
import { literal, quoteName, quotePath } from '../literal.ts'
import { randomHex } from '../names.ts'
import { forAnyStrings } from '../text/any-strings.ts'
import { splitStatements } from '../text/split.ts'
import type { ScratchPlace } from './place.ts'
import type { OpenText } from './texts.ts'
import { textKey } from './texts.ts'

/** What the server makes of a declared text. */
export type Reading =
  | { readonly is: 'words'; readonly words: string }
  /** It refers to what is not there: so the live text, which works, says something else. */
  | { readonly is: 'ahead' }
  | { readonly is: 'refused'; readonly message: string }
  | { readonly is: 'unknown'; readonly reason: string }

/** Thrown to roll back; never leaves this file. */
class Undo extends Error {}

/** Unknown table, column, function, type or schema. */
const MISSING: ReadonlySet<string> = new Set(['42P01', '42703', '42883', '42704', '3F000'])
/** No right, a lock that somebody holds, a kind of object that cannot be made here. */
const NO_ANSWER: ReadonlySet<string> = new Set(['42501', '55P03', '0A000', '40P01', '57014'])

/**
 * Lets the server read texts that refer to live tables: made under another name in a transaction that is rolled back. Nothing
 * stronger than ACCESS SHARE is taken on a live table, and nobody else sees any of it.
 */
export async function tryTexts(session: Session, open: readonly OpenText[], place: ScratchPlace, scope: Scope): Promise<ReadonlyMap<string, Reading>> {
  const readings = new Map<string, Reading>()
  const path = [...new Set([scope.defaultSchema, 'public']), 'pg_temp'].map(quoteName).join(', ')
  try {
    await session.transaction(
      async () => {
        for (const text of open) readings.set(textKey(text), await read(session, text, place))
        throw new Undo()
      },
      { settings: [`SET LOCAL search_path = ${path}`, `SET LOCAL lock_timeout = '2s'`, 'SET LOCAL check_function_bodies = off', `SET LOCAL client_min_messages = error`, ...place.setUp] },
    )
  } catch (error) {
    if (!(error instanceof Undo)) throw error
  }
  return readings
}

async function read(session: Session, text: OpenText, place: ScratchPlace): Promise<Reading> {
  const trial = trialOf(text, place)
  if (typeof trial === 'string') return { is: 'unknown', reason: trial }
  // Apart: a message that the server cannot parse runs none of its statements.
  await session.execute('SAVEPOINT trueup_try')
  try {
    await session.script([...trial.statements.map(forAnyStrings), `SET LOCAL search_path = ''`])
    const words = await session.json<string>(`SELECT to_json((${trial.query})::text)::text`)
    await session.execute('ROLLBACK TO SAVEPOINT trueup_try')
    return words === null ? { is: 'unknown', reason: 'the server gave no text for it' } : { is: 'words', words: trial.finish(words) }
  } catch (error) {
    await session.execute('ROLLBACK TO SAVEPOINT trueup_try')
    return explain(error)
  }
}

function explain(error: unknown): Reading {
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : String(error)
  if (MISSING.has(code)) return { is: 'ahead' }
  return NO_ANSWER.has(code) ? { is: 'unknown', reason: `the server could not read it here: ${message}` } : { is: 'refused', message }
}

/** The server's code, of the error or of what caused it. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown }
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : codeOf(cause)
}

/** How one text is read. */
interface Trial {
  readonly statements: readonly string[]
  /** Gives the text in the server's words. */
  readonly query: string
  /** Puts the live names back. */
  readonly finish: (words: string) => string
}

const asItIs = (words: string): string => words

/** A text says why there is none. */
function trialOf(text: OpenText, place: ScratchPlace): Trial | string {
  switch (text.ref.kind) {
    case 'view':
      return tryView(text, place)
    case 'policy':
      return tryPolicy(text, place)
    case 'routine':
      return tryRoutine(text)
    case 'trigger':
      return tryAttached(text, place, 'on', 'pg_get_triggerdef', 'pg_trigger', 'tgname', 'tgrelid')
    case 'rule':
      return tryAttached(text, place, 'to', 'pg_get_ruledef', 'pg_rewrite', 'rulename', 'ev_class')
    default:
      return 'nothing is known of such texts'
  }
}

/** A materialised view has the same text; as a view it reads no row. */
function tryView({ declared }: OpenText, place: ScratchPlace): Trial {
  const name = place.table(0)
  return {
    statements: [`CREATE VIEW ${name} AS ${declared.trim().replace(/;$/, '')}`],
    query: `pg_get_viewdef(${literal(name)}::regclass)`,
    finish: (words) => words.trim().replace(/;$/, ''),
  }
}

/** An expression may call its own table by name, so the copy has that name, in a schema that no path finds first. */
function copyOf(text: OpenText, place: ScratchPlace): { readonly name: string; readonly statement: string } {
  const name = `${place.table(0).slice(0, place.table(0).indexOf('.'))}.${quoteName(text.ref.table ?? '')}`
  return { name, statement: `CREATE TABLE ${name} (LIKE ${quotePath(text.ref.schema, text.ref.table ?? '')})` }
}

const NO_COPY = 'a copy of its table can only be made beside it: that takes CREATE or TEMPORARY on the database'

/** In the default schema itself no other table can have the table's name. */
const isBeside = (place: ScratchPlace): boolean => place.prefix !== '' && place.schema !== null

function tryPolicy(text: OpenText, place: ScratchPlace): Trial | string {
  if (isBeside(place)) return NO_COPY
  const { name, statement } = copyOf(text, place)
  const policy = quoteName(`trueup_${randomHex(4)}`)
  const clause = text.field === 'check' ? `FOR INSERT WITH CHECK (${text.declared})` : `USING (${text.declared})`
  return {
    statements: [statement, `CREATE POLICY ${policy} ON ${name} ${clause}`],
    query: `SELECT pg_get_expr(${text.field === 'check' ? 'polwithcheck' : 'polqual'}, polrelid) FROM pg_catalog.pg_policy WHERE polrelid = ${literal(name)}::regclass`,
    finish: asItIs,
  }
}

/** In its own place: a routine that is replaced and put back in one transaction was never another one, and no table is locked. */
function tryRoutine({ ref, declared }: OpenText): Trial {
  const name = ref.name.slice(0, ref.name.indexOf('('))
  const signature = ref.name.slice(ref.name.indexOf('(') + 1, -1)
  const text = declared.trim().replace(/;$/, '').replace(/^CREATE\s+(?!OR\s+REPLACE\b)/i, 'CREATE OR REPLACE ')
  return {
    statements: [text],
    query: `SELECT pg_get_functiondef(p.oid) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = ${literal(ref.schema)} AND p.proname = ${literal(name)} AND oidvectortypes(p.proargtypes) = ${literal(signature)} AND p.prokind <> 'a'`,
    finish: (words) => words.trimEnd(),
  }
}

/** The statement names the table after a word of its own; the copy's name is put there, and taken out of the answer again. */
function tryAttached(text: OpenText, place: ScratchPlace, word: string, print: string, catalogue: string, name: string, relation: string): Trial | string {
  if (isBeside(place)) return NO_COPY
  const { name: copy, statement } = copyOf(text, place)
  const moved = withTable(text.declared, word, copy)
  if (moved === null) return 'its text does not name its table where one is expected'
  const own = withTableName(text.live, word)
  return {
    statements: [statement, moved],
    query: `SELECT ${print}(oid) FROM pg_catalog.${catalogue} WHERE ${relation} = ${literal(copy)}::regclass AND ${name} = ${literal(text.ref.name)}`,
    finish: (words) => (own === null ? words : (withTable(words, word, own) ?? words)).replace(/;$/, text.live.endsWith(';') ? ';' : ''),
  }
}

/** Where the table's name stands: after the first such word outside of any parenthesis. */
function tablePlace(text: string, word: string): { readonly start: number; readonly end: number } | null {
  const tokens = splitStatements(text)[0]?.tokens ?? []
  const at = tokens.findIndex((token) => token.kind === 'word' && token.value === word)
  const names = [tokens[at + 1], ...(tokens[at + 2]?.value === '.' ? [tokens[at + 2], tokens[at + 3]] : [])]
  const [first, last] = [names[0], names.at(-1)]
  // Only the first statement is read: what stands before it are blanks.
  return at < 0 || first === undefined || last === undefined ? null : { start: first.start, end: last.end }
}

function withTable(text: string, word: string, name: string): string | null {
  const found = tablePlace(text, word)
  return found === null ? null : text.slice(0, found.start) + name + text.slice(found.end)
}

function withTableName(text: string, word: string): string | null {
  const found = tablePlace(text, word)
  return found === null ? null : text.slice(found.start, found.end)
}
