import type { Database, Session } from '../dialects/dialect.ts'
import { diff } from '../diff/diff.ts'
import { TrueupError } from '../errors.ts'
import type { ModelSource } from '../models/source.ts'
import { describe } from '../operations/operation.ts'
import { planDdl } from '../plan/ddl.ts'
import type { DdlStep } from '../plan/ddl.ts'
import type { Schema } from '../schema/schema.ts'

/** What can be compared: a live database, models, or a schema that was read before. */
export type SchemaSource = Database | ModelSource | Schema

export interface CompareOptions {
  readonly from: SchemaSource
  readonly to: SchemaSource
  /** The database in whose words both sides are put. @default the first side that is one */
  readonly on?: Database
  /** @default all but the server's own */
  readonly schemas?: readonly string[]
}

/** What would turn one schema into the other. Plain data. */
export interface Comparison {
  readonly dialect: string
  readonly same: boolean
  /** One line an operation. */
  readonly operations: readonly string[]
  readonly steps: readonly { readonly phase: DdlStep['phase']; readonly title: string; readonly class: DdlStep['step']['class']; readonly transaction: boolean; readonly statements: readonly string[] }[]
}

/**
 * Compares two schemas and plans the way from the one to the other, drops included. Changes neither.
 *
 * @throws TrueupError `config-invalid` when neither side is a database and none is given to compare on
 */
export async function compare(options: CompareOptions): Promise<Comparison> {
  const on = options.on ?? [options.from, options.to].find(isDatabase)
  if (on === undefined) {
    throw new TrueupError('config-invalid', 'Neither side of this comparison is a database, and models are only comparable in the words of one.', { hint: 'Give a database to compare on: a scratch one will do.' })
  }
  const session = await on.open()
  try {
    const scope = { schemas: options.schemas ?? ['*'], defaultSchema: on.defaultSchema, ledgerTables: [] }
    const from = await readSource(options.from, on, session, scope)
    const to = await readSource(options.to, on, session, scope)
    const operations = diff(from, to)
    const steps = planDdl({ from, to, operations, dialect: on.dialect, defaultSchema: on.defaultSchema, version: session.version })
    return {
      dialect: on.dialect.name, same: operations.length === 0, operations: operations.map((operation) => describe(operation, on.defaultSchema)),
      steps: steps.map(({ phase, step }) => ({ phase, title: step.title, class: step.class, transaction: step.transaction, statements: step.statements })),
    }
  } finally {
    await session.release()
  }
}

/** Reads any source into the words of one database. */
export async function readSource(source: SchemaSource, on: Database, session: Session, scope: Parameters<Database['dialect']['introspect']>[1]): Promise<Schema> {
  if (isDatabase(source)) return source.read({ schemas: scope.schemas })
  if (!isModels(source)) return source
  const declared = await source.declare({ dialect: on.dialect.name, defaultSchema: on.defaultSchema })
  switch (declared.form) {
    case 'text':
      return on.dialect.loadText(session, declared.texts, scope)
    case 'normal':
      return declared.schema
    case 'schema':
      return inServerWords(on, on.dialect.complete(declared.schema), scope)
  }
}

/** Structured models are built in a scratch database: nothing is guessed, and nothing live is touched. */
async function inServerWords(on: Database, declared: Schema, scope: Parameters<Database['dialect']['introspect']>[1]): Promise<Schema> {
  return on.scratch(async (scratch) => {
    const inside = await scratch.open()
    try {
      const empty = await on.dialect.introspect(inside, scope)
      const operations = diff(empty, declared).filter((operation) => operation.verb !== 'drop')
      const steps = planDdl({ from: empty, to: declared, operations, dialect: on.dialect, defaultSchema: on.defaultSchema, version: inside.version })
      for (const { step } of steps) for (const statement of step.statements) await inside.execute(statement)
      return { ...(await on.dialect.introspect(inside, scope)), covers: declared.covers }
    } finally {
      await inside.release()
    }
  })
}

const isDatabase = (source: SchemaSource): source is Database => 'open' in source && 'dialect' in source
const isModels = (source: SchemaSource): source is ModelSource => 'declare' in source
