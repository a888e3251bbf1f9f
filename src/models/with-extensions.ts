import { TrueupError } from '../errors.ts'
import type { Extension, Flavour, Kind, Schema } from '../schema/schema.ts'
import { sortSchema } from '../schema/schema.ts'
import type { Declared, ModelSource } from './source.ts'

const KIND: Kind = 'extension'
const FLAVOUR: Flavour = 'extension'

/**
 * Models, and the PostgreSQL extensions that they need: `withExtensions(fromDrizzle(models), ['vector', 'pg_trgm'])`. For sources
 * that have no words for extensions of their own. Those that are missing are created before anything else, in the default schema;
 * none is ever dropped or updated, and those that are not named are left alone.
 *
 * @throws TrueupError `models-invalid` when the models are read, for a database that has no extensions, and for a snapshot,
 *   which says itself what it holds
 */
export function withExtensions(models: ModelSource, names: readonly string[]): ModelSource {
  return {
    title: models.title,
    async declare(context) {
      if (context.dialect !== 'postgres') throw invalid(`the models are for ${context.dialect}, which has no extensions.`, 'Give the models without withExtensions there.')
      return extended(await models.declare(context), [...new Set(names)])
    },
  }
}

function extended(declared: Declared, names: readonly string[]): Declared {
  switch (declared.form) {
    case 'schema':
      return { form: 'schema', schema: withThem(declared.schema, names) }
    case 'text':
      return { form: 'text', texts: [{ name: 'withExtensions', text: names.map((name) => `CREATE EXTENSION IF NOT EXISTS "${name.replaceAll('"', '""')}";\n`).join('') }, ...declared.texts] }
    case 'normal':
      throw invalid('a snapshot says itself which extensions there are.', 'Give the snapshot without withExtensions, or take a new one of a database that has them.')
  }
}

function withThem(schema: Schema, names: readonly string[]): Schema {
  const missing = names.filter((name) => !schema.extension.some((one) => one.name === name)).map((name): Extension => ({ name }))
  const silent = schema.covers.includes(KIND) ? schema.silent : [...(schema.silent ?? []), FLAVOUR]
  return sortSchema({ ...schema, extension: [...schema.extension, ...missing], covers: [...new Set([...schema.covers, KIND])], ...(silent !== undefined && { silent }) })
}

function invalid(message: string, hint: string): TrueupError {
  return new TrueupError('models-invalid', `withExtensions: ${message}`, { problems: [{ subject: 'withExtensions', message, hint }], hint })
}
