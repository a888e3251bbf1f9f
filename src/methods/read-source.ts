import type { Database, OpenOptions, Scope, Session } from '../dialects/dialect.ts'
import { diff } from '../diff/diff.ts'
import { isTrueupError, TrueupError } from '../errors.ts'
import type { ModelSource } from '../models/source.ts'
import { planDdl } from '../plan/ddl.ts'
import type { Kind, Schema } from '../schema/schema.ts'
import { onlyWhatWasSaid } from './said.ts'

/** What can be compared: a live database, models, or a schema that was read before. */
export type SchemaSource = Database | ModelSource | Schema

export const isDatabase = (source: SchemaSource): source is Database => 'open' in source && 'dialect' in source
const isModels = (source: SchemaSource): source is ModelSource => 'declare' in source

/** Opens a session for a piece of work and gives it back. */
export async function openFor<T>(database: Database, connect: OpenOptions | undefined, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await database.open(connect)
  let broken = false
  try {
    return await work(session)
  } catch (error) {
    const failure = isTrueupError(error) ? null : database.dialect.failure(error)
    broken = failure?.kind === 'connection'
    if (failure === null || failure.kind === 'other') throw error
    throw new TrueupError(broken ? 'connection-lost' : failure.kind === 'permission' ? 'permission-denied' : 'step-failed', `${database.address}: ${failure.message} (${failure.code}).`, {
      hint: failure.hint ?? 'Nothing was changed.', cause: error,
    })
  } finally {
    await session.release({ broken })
  }
}

/** Where sources are read: the database in whose words, and a session that is open on it. */
export interface Place {
  readonly on: Database
  readonly session: Session
  readonly scope: Scope
  readonly connect: OpenOptions | undefined
}

/** The two sides of a comparison, in the words of one database. */
export async function readBoth(sides: { readonly from: SchemaSource; readonly to: SchemaSource }, place: Place): Promise<{ readonly from: Schema; readonly to: Schema }> {
  // Models may rest on what only the other side speaks of, so that one is read first.
  if (isModels(sides.from)) {
    const to = await readSource(sides.to, place)
    return { from: await readSource(sides.from, place, to), to }
  }
  const from = await readSource(sides.from, place)
  return { from, to: await readSource(sides.to, place, from) }
}

/**
 * Reads any source into the words of one database.
 *
 * @param around where models find what they rest on and cannot declare, such as extensions and domains
 */
export async function readSource(source: SchemaSource, { on, session, scope, connect }: Place, around?: Schema): Promise<Schema> {
  if (isDatabase(source)) {
    if (source === on) return on.dialect.introspect(session, scope)
    return openFor(source, connect, (own) => source.dialect.introspect(own, scope))
  }
  if (!isModels(source)) return source
  const declared = await source.declare({ dialect: on.dialect.name, defaultSchema: on.defaultSchema })
  switch (declared.form) {
    case 'text':
      return on.dialect.loadText(session, declared.texts, scope)
    case 'normal':
      return declared.schema
    case 'schema':
      return inServerWords(on, on.dialect.complete(declared.schema), scope, around)
  }
}

/** Structured models are built in a scratch database: nothing is guessed, and nothing live is touched. */
async function inServerWords(on: Database, declared: Schema, scope: Scope, around?: Schema): Promise<Schema> {
  return on.scratch((scratch) => openFor(scratch, undefined, async (inside) => {
    const empty = await on.dialect.introspect(inside, scope)
    if (around !== undefined) await furnish(on, inside, empty, around, declared)
    const from = around === undefined ? empty : await on.dialect.introspect(inside, scope)
    const operations = diff(from, declared).filter((operation) => operation.verb !== 'drop')
    const steps = planDdl({ from, to: declared, operations, dialect: on.dialect, defaultSchema: on.defaultSchema, version: inside.version })
    for (const { step } of steps) for (const statement of step.statements) await build(on, inside, step.title, statement)
    return onlyWhatWasSaid(await on.dialect.introspect(inside, scope), declared, { empty, from })
  }))
}

/** What tables may rest on. */
const GROUND = ['namespace', 'extension', 'collation', 'domain', 'composite', 'range', 'routine'] as const satisfies readonly Kind[]

/** Makes what the models cannot speak of. What does not work without their tables is left out: it will not be missed by them. */
async function furnish(on: Database, session: Session, empty: Schema, around: Schema, declared: Schema): Promise<void> {
  const covers = GROUND.filter((kind) => around.covers.includes(kind) && (kind === 'namespace' || !declared.covers.includes(kind)))
  const to = { ...around, covers }
  const operations = diff(empty, to).filter((operation) => operation.verb === 'create')
  for (const { step } of planDdl({ from: empty, to, operations, dialect: on.dialect, defaultSchema: on.defaultSchema, version: session.version })) {
    for (const statement of step.statements) await session.execute(statement).catch(() => 0)
  }
}

async function build(on: Database, session: Session, title: string, statement: string): Promise<void> {
  try {
    await session.execute(statement)
  } catch (error) {
    const { message, code, hint } = on.dialect.failure(error)
    throw new TrueupError('models-invalid', `${on.dialect.title} refuses what the models declare: ${title}: ${message} (${code}).`, {
      problems: [{ subject: title, message }], hint: hint ?? 'Correct the models. They were built in a scratch database; nothing else was touched.', cause: error,
    })
  }
}
