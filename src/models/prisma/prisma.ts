import type { SourceText } from '../../dialects/dialect.ts'
import { TrueupError } from '../../errors.ts'
import type { Flavour, Kind, Schema } from '../../schema/schema.ts'
import type { ModelSource } from '../source.ts'
import { findEngine, prismaSql } from './engine.ts'
import type { PrismaEngine } from './engine.ts'
import { modernised } from './older.ts'
import { readPrismaSql } from './read-sql.ts'

export type { PrismaEngine } from './engine.ts'
export { fromPrismaContract } from './contract.ts'

export interface PrismaOptions {
  /** Prisma's engine. Found among the installed packages when it is left out: `@prisma/schema-engine-wasm`. */
  readonly engine?: PrismaEngine
}

/** The text of a Prisma schema, with or without its file's name; a list for a schema of several files; or a generated client of Prisma 7. */
export type PrismaSchema = string | SourceText | readonly SourceText[] | object

/** The kinds of objects that Prisma's models can express. A sequence comes with `autoincrement()`. */
const COVERS: readonly Kind[] = ['namespace', 'extension', 'enum', 'sequence', 'table', 'column', 'constraint', 'index']
const SILENT: readonly Flavour[] = ['check', 'exclusion', 'expressionIndex', 'sequence', 'extension']

/**
 * Reads the models of Prisma 7 (`schema.prisma`, also several files) for PostgreSQL or SQLite, without a connection: Prisma's own
 * engine tells what SQL it would write.
 *
 * What Prisma has no words for (checks, exclusion constraints, expression indexes, generated columns, comments, views' texts) is
 * neither created nor missed. `@updatedAt`, `cuid()` and `uuid()` live in the client and never reach the database. Names that
 * Prisma makes up are used to create things and are not compared.
 *
 * @throws TrueupError `models-invalid` with file and line for what Prisma refuses; `driver-missing` without its engine
 */
export function fromPrisma(schema: PrismaSchema, options: PrismaOptions = {}): ModelSource {
  const files = filesOf(schema)
  return {
    title: 'Prisma schema',
    async declare({ dialect, defaultSchema }) {
      const provider = providerFor(dialect, files)
      const sql = await prismaSql(options.engine ?? (await findEngine()), files.map(({ name, text }) => ({ name, text: modernised(text) })), provider)
      return { form: 'schema', schema: narrowed(readPrismaSql(sql, defaultSchema), files) }
    },
  }
}

function narrowed(schema: Schema, files: readonly SourceText[]): Schema {
  const partial = files.some(({ text }) => /previewFeatures\s*=\s*\[[^\]]*"partialIndexes"/.test(text))
  return { ...schema, covers: COVERS, silent: partial ? SILENT : [...SILENT, 'partialIndex'] }
}

function filesOf(given: PrismaSchema): readonly SourceText[] {
  if (typeof given === 'string' && /^[^\n{]*\.prisma$/.test(given)) {
    throw new TrueupError('models-invalid', `fromPrisma was given the path ${given}; it takes the text of a schema.`, {
      problems: [{ subject: 'fromPrisma', message: 'a path was given' }], hint: `Read the file: fromPrisma(readFileSync('${given}', 'utf8')).`,
    })
  }
  if (typeof given === 'string') return [{ name: 'schema.prisma', text: given }]
  if (Array.isArray(given)) return given.flatMap((one: PrismaSchema) => filesOf(one))
  if ('text' in given && typeof given.text === 'string') return [{ name: 'name' in given && typeof given.name === 'string' ? given.name : 'schema.prisma', text: given.text }]
  const config: unknown = Reflect.get(given, '_engineConfig')
  const inline: unknown = typeof config === 'object' && config !== null ? Reflect.get(config, 'inlineSchema') : undefined
  if (typeof inline === 'string') return [{ name: 'schema.prisma', text: inline }]
  throw new TrueupError('models-invalid', 'No Prisma schema was given.', {
    problems: [{ subject: 'fromPrisma', message: 'neither text, nor { name, text }, nor a client of Prisma 7 that carries its schema' }],
    hint: "Give the text of the schema: fromPrisma(readFileSync('prisma/schema.prisma', 'utf8')). Contracts of Prisma 8 are read by fromPrismaContract.",
  })
}

const PROVIDERS: Readonly<Record<string, 'postgres' | 'sqlite'>> = { postgresql: 'postgres', postgres: 'postgres', sqlite: 'sqlite' }

function providerFor(dialect: string, files: readonly SourceText[]): 'postgres' | 'sqlite' {
  const file = files.find(({ text }) => /^\s*datasource\s/m.test(text))
  const written = file === undefined ? undefined : /^\s*datasource\s+\w+\s*\{[^}]*?\bprovider\s*=\s*"([^"]+)"/m.exec(file.text)?.[1]
  const provider = written === undefined ? undefined : PROVIDERS[written]
  if (provider !== undefined && provider === dialect) return provider
  const subject = file?.name ?? 'schema.prisma'
  const message = written === undefined ? 'it has no datasource with a provider' : provider === undefined ? `the provider ${JSON.stringify(written)} cannot be read` : `it is written for ${written}, the database speaks ${dialect}`
  throw new TrueupError('models-invalid', `${subject}: ${message}.`, { problems: [{ subject, message }], hint: 'PostgreSQL ("postgresql") and SQLite ("sqlite") can be read.' })
}
