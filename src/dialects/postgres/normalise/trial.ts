import type { ObjectRef, Schema, Table } from '../../../schema/schema.ts'
import { childRef, refOf } from '../../../schema/schema.ts'
import type { Scope, Session } from '../../dialect.ts'
import { introspect } from '../introspect.ts'
import { literal, quoteName, quotePath } from '../literal.ts'
import { randomHex } from '../names.ts'
import { forAnyStrings } from '../text/any-strings.ts'
import type { ScratchPlace } from './place.ts'
import { trialName, trialStatements } from './trial-text.ts'
import { tableInWords } from './words.ts'

/** What the server made of declared tables. */
export interface Tried {
  readonly tables: readonly Table[]
  readonly problems: readonly { readonly ref: ObjectRef; readonly message: string }[]
}

/** What the declaration brings along for its columns. */
export interface NewTypes extends Pick<Schema, 'namespace' | 'enum' | 'domain' | 'composite'> {
  /** Enums that are there and get further values. */
  readonly widened: Schema['enum']
}

/** Locks are kept until the end of a transaction: a portion keeps their number and its time small. */
const PORTION = 100

/** Thrown to roll back; never leaves this file. */
class Undo extends Error {}

/** Lets the server read the declared tables, portion by portion, in transactions that are rolled back. */
export async function tryTables(session: Session, tables: readonly Table[], types: NewTypes, place: ScratchPlace, scope: Scope): Promise<Tried> {
  const parts: Tried[] = []
  for (let at = 0; at < tables.length; at += PORTION) parts.push(await tryPortion(session, tables.slice(at, at + PORTION), types, place, scope))
  return { tables: parts.flatMap((part) => part.tables), problems: parts.flatMap((part) => part.problems) }
}

async function tryPortion(session: Session, tables: readonly Table[], types: NewTypes, place: ScratchPlace, scope: Scope): Promise<Tried> {
  const results: Tried[] = []
  try {
    await session.transaction(
      async () => {
        const typeProblems = await createTypes(session, types)
        const tried = await createAndRead(session, tables, place, scope)
        results.push({ tables: tried.tables, problems: [...typeProblems, ...tried.problems] })
        throw new Undo()
      },
      { settings: [`SET LOCAL search_path = ${[...new Set([scope.defaultSchema, 'public'])].map(quoteName).join(', ')}`, `SET LOCAL lock_timeout = '2s'`, `SET LOCAL client_min_messages = error`, ...place.setUp] },
    )
  } catch (error) {
    if (!(error instanceof Undo)) throw error
  }
  return results[0] as Tried
}

/** Types that the declaration brings along: they must be there before a column can have them. */
async function createTypes(session: Session, types: NewTypes): Promise<Tried['problems']> {
  const asEnum = (one: Schema['enum'][number]): string => `CREATE TYPE ${quotePath(one.schema, one.name)} AS ENUM (${one.values.map((value) => literal(value).trim()).join(', ')})`
  // A value that was just added cannot be used before the commit. A whole new type in the old one's place can: who renames it
  // locks no table, and nobody else sees it. A role that does not own the type tries with the values that are there.
  for (const one of types.widened) await refusal(session, [`ALTER TYPE ${quotePath(one.schema, one.name)} RENAME TO ${quoteName(`trueup_${randomHex(6)}`)}`, asEnum(one)])
  const statements: readonly (readonly [ObjectRef, string])[] = [
    ...types.namespace.map((one) => [refOf('namespace', one), `CREATE SCHEMA IF NOT EXISTS ${quoteName(one.name)}`] as const),
    ...types.enum.map((one) => [refOf('enum', one), asEnum(one)] as const),
    ...types.domain.map((one) => [refOf('domain', one), `CREATE DOMAIN ${quotePath(one.schema, one.name)} AS ${one.type}`] as const),
    ...types.composite.map((one) => [refOf('composite', one), `CREATE TYPE ${quotePath(one.schema, one.name)} AS (${one.attributes.map((field) => `${quoteName(field.name)} ${field.type}`).join(', ')})`] as const),
  ]
  const problems: { ref: ObjectRef; message: string }[] = []
  for (const [ref, statement] of statements) {
    const message = await refusal(session, [statement])
    if (message !== null) problems.push({ ref, message })
  }
  return problems
}

async function createAndRead(session: Session, tables: readonly Table[], place: ScratchPlace, scope: Scope): Promise<Tried> {
  const texts = tables.map((table, at) => trialStatements(table, at, place))
  const problems: { ref: ObjectRef; message: string }[] = []
  if ((await refusal(session, texts.flat())) !== null) {
    // Somebody among them is refused: one by one, so that the others are read all the same.
    for (const [at, table] of tables.entries()) {
      const message = await refusal(session, texts[at] ?? [])
      if (message !== null) problems.push(...(await blame(session, table, message, place)))
    }
  }
  const read = await readPlace(session, place, scope)
  const words = new Map(read.table.map((table) => [place.numberOf(table.name), table]))
  return {
    tables: tables.map((table, at) => {
      const word = words.get(at)
      return word === undefined ? table : tableInWords(table, word, (kind, number) => trialName(place, at, kind, number))
    }),
    problems,
  }
}

async function readPlace(session: Session, place: ScratchPlace, scope: Scope): Promise<Schema> {
  const schema = place.schema ?? (await session.json<string>('SELECT to_json(pg_my_temp_schema()::regnamespace::text)::text'))
  return introspect(session, { schemas: [schema ?? 'pg_temp'], defaultSchema: scope.defaultSchema, ledgerTables: [] })
}

/** Runs statements that stand or fall together; what the server said when it refused one. */
async function refusal(session: Session, statements: readonly string[]): Promise<string | null> {
  // Apart: a message that the server cannot parse runs none of its statements.
  await session.execute('SAVEPOINT trueup_try')
  try {
    await session.script([...statements.map(forAnyStrings), 'RELEASE SAVEPOINT trueup_try'])
    return null
  } catch (error) {
    await session.execute('ROLLBACK TO SAVEPOINT trueup_try')
    return error instanceof Error ? error.message : String(error)
  }
}

/** Which parts are to blame: those that are refused alone. */
async function blame(session: Session, table: Table, message: string, place: ScratchPlace): Promise<readonly { readonly ref: ObjectRef; readonly message: string }[]> {
  const found: { ref: ObjectRef; message: string }[] = []
  const attempt = async (ref: ObjectRef, part: Table): Promise<void> => {
    const refused = await refusal(session, [...trialStatements(part, 0, alone(place)), `DROP TABLE ${alone(place).table(0)}`])
    if (refused !== null) found.push({ ref, message: refused })
  }
  const bare: Table = { ...table, constraints: [], indexes: [], columns: [] }
  for (const column of table.columns) {
    await attempt(childRef('column', table, column.name), { ...bare, columns: [{ ...column, generated: null }] })
  }
  if (found.length > 0) return found
  const columns = table.columns.map((column) => ({ ...column, generated: null, default: null }))
  for (const column of table.columns.filter((one) => one.generated != null)) {
    await attempt(childRef('column', table, column.name), { ...bare, columns: columns.map((one) => (one.name === column.name ? column : one)) })
  }
  for (const constraint of table.constraints) await attempt(childRef('constraint', table, constraint.name), { ...bare, columns, constraints: [constraint] })
  for (const index of table.indexes) await attempt(childRef('index', table, index.name), { ...bare, columns, indexes: [index] })
  return found.length > 0 ? found : [{ ref: refOf('table', table), message }]
}

/** A name beside all others of the place. */
const alone = (place: ScratchPlace): ScratchPlace => ({ ...place, table: () => place.table(999_999), prefix: `${place.prefix}x` })

