import type { Database, OpenOptions, Scope } from '../dialects/dialect.ts'
import { diff } from '../diff/diff.ts'
import { TrueupError } from '../errors.ts'
import { ledgerNames, ledgerTableNames } from '../ledger/ledger.ts'
import { describe } from '../operations/operation.ts'
import { planDdl } from '../plan/ddl.ts'
import type { DdlStep } from '../plan/ddl.ts'
import type { Schema, Unmanaged } from '../schema/schema.ts'
import { emptySchema } from '../schema/schema.ts'
import { setAside } from '../takeover/recognise.ts'
import type { SchemaSource } from './read-source.ts'
import { isDatabase, openFor, readBoth, readSource } from './read-source.ts'

export type { SchemaSource }

/** Which part of the databases is looked at. */
export interface ReadOptions {
  /** `*` stands for all but the server's own. @default ['*'] */
  readonly schemas?: readonly string[]
  /** Patterns (`*` for any text) of tables that belong to others. */
  readonly tolerate?: readonly string[]
  /** Look at owners and grants, too. @default false */
  readonly privileges?: boolean
  /** That of the application whose ledger is left out, when it has one. */
  readonly namespace?: string
  /** How long a database that does not answer is waited for, and who is told meanwhile. */
  readonly connect?: OpenOptions
}

export interface CompareOptions extends ReadOptions {
  readonly from: SchemaSource
  readonly to: SchemaSource
  /** The database in whose words both sides are put. @default the first side that is one */
  readonly on?: Database
}

/** What would turn one schema into the other. Plain data. */
export interface Comparison {
  readonly dialect: string
  readonly same: boolean
  /** One line an operation. */
  readonly operations: readonly string[]
  readonly steps: readonly ComparisonStep[]
  /** What is there and took no part, on either side. */
  readonly unmanaged: { readonly from: readonly Unmanaged[]; readonly to: readonly Unmanaged[] }
}

export interface ComparisonStep {
  readonly phase: DdlStep['phase']
  readonly title: string
  readonly class: DdlStep['step']['class']
  readonly transaction: boolean
  readonly hazards: DdlStep['step']['hazards']
  readonly statements: readonly string[]
}

/**
 * Compares two schemas and plans the way from the one to the other, drops included. Changes neither. What only one side can
 * speak of (models know no triggers) is not compared.
 *
 * @throws TrueupError `config-invalid` when neither side is a database and none is given to compare on, or the two sides are of
 *   different databases
 */
export async function compare(options: CompareOptions): Promise<Comparison> {
  const on = options.on ?? [options.from, options.to].find(isDatabase)
  if (on === undefined) {
    throw new TrueupError('config-invalid', 'Neither side of this comparison is a database, and models are only comparable in the words of one.', { hint: 'Give a database to compare on: a scratch one will do.' })
  }
  for (const side of [options.from, options.to]) refuseOther(on, side)
  const scope = scopeOf(on, options)
  return openFor(on, options.connect, async (session) => {
    const both = await readBoth(options, { on, session, scope, connect: options.connect })
    // A ledger of another tool is no part of a schema, unless both sides have it.
    const [from, target] = [setAside(both.from, both.to, on.defaultSchema), setAside(both.to, both.from, on.defaultSchema)]
    const to = { ...target, covers: target.covers.filter((kind) => from.covers.includes(kind)) }
    const operations = diff(from, to)
    const steps = planDdl({ from, to, operations, dialect: on.dialect, defaultSchema: on.defaultSchema, version: session.version })
    return {
      dialect: on.dialect.name,
      same: operations.length === 0,
      operations: operations.map((operation) => describe(operation, on.defaultSchema)),
      steps: steps.map(({ phase, step }) => ({
        phase, title: step.title, class: step.class, transaction: step.transaction, hazards: step.hazards, statements: step.statements,
      })),
      unmanaged: { from: from.unmanaged, to: to.unmanaged },
    }
  })
}

export interface DescribeOptions extends ReadOptions {
  readonly of: SchemaSource
  /** The database in whose words it is put. @default `of` itself, when it is one */
  readonly on?: Database
}

/** A schema in a server's words, with the version of that server. */
export interface Description {
  readonly schema: Schema
  readonly dialect: string
  readonly version: number
}

/**
 * Reads a live database, or brings models into a database's words by building them in a scratch place.
 *
 * @throws TrueupError `config-invalid` when nothing is given to read it on
 */
export async function readSchema(options: DescribeOptions): Promise<Description> {
  const on = options.on ?? (isDatabase(options.of) ? options.of : undefined)
  if (on === undefined) throw new TrueupError('config-invalid', 'Models can only be put in the words of a database, and none is given.', { hint: 'Give a database: a scratch one will do.' })
  refuseOther(on, options.of)
  const scope = scopeOf(on, options)
  return openFor(on, options.connect, async (session) => {
    const around = options.of === on ? undefined : await on.dialect.introspect(session, scope)
    const whole = await readSource(options.of, { on, session, scope, connect: options.connect }, around)
    return { schema: isDatabase(options.of) ? setAside(whole, emptySchema(), on.defaultSchema) : whole, dialect: on.dialect.name, version: session.version }
  })
}

function scopeOf(on: Database, options: ReadOptions): Scope {
  return {
    schemas: options.schemas ?? ['*'],
    defaultSchema: on.defaultSchema,
    ledgerTables: ledgerTableNames(ledgerNames(on.defaultSchema, options.namespace)),
    tolerate: options.tolerate ?? [],
    privileges: options.privileges ?? false,
  }
}

function refuseOther(on: Database, side: SchemaSource): void {
  if (!isDatabase(side) || side.dialect.name === on.dialect.name) return
  throw new TrueupError('config-invalid', `${side.address} cannot be compared in the words of ${on.dialect.title}.`, { hint: 'Compare databases of one kind.' })
}
