import { TrueupError } from '../../errors.ts'
import type { Flavour, Kind, Schema } from '../../schema/schema.ts'
import { makeSchema } from '../../schema/schema.ts'
import { Problems } from '../problems.ts'
import type { DeclareContext, ModelSource } from '../source.ts'
import type { SequelizeLike } from './shapes.ts'
import type { Reading } from './tables.ts'
import { tableOf } from './tables.ts'

export { withExtensions } from '../with-extensions.ts'

const POSTGRES: readonly Kind[] = ['namespace', 'enum', 'sequence', 'table', 'column', 'constraint', 'index']
const SQLITE: readonly Kind[] = ['table', 'column', 'constraint', 'index']
const SILENT: readonly Flavour[] = ['check', 'exclusion', 'sequence']

/**
 * Reads the models of a Sequelize 6 instance: attributes, keys, indexes, relations with their tables. Nothing of Sequelize is
 * imported, no connection is opened. `NOW`, `UUIDV4`, functions and `paranoid` live in the application and never reach the
 * database. Sequelize leaves the names of keys to the server, so they are not compared.
 *
 * @param sequelize the instance, after its models were defined and associated
 * @throws TrueupError `models-invalid` that names model and attribute of what cannot be carried
 */
export function fromSequelize(sequelize: object): ModelSource {
  if (!('modelManager' in sequelize) || !('getDialect' in sequelize)) {
    throw new TrueupError('models-invalid', 'fromSequelize was given something else than a Sequelize instance.', {
      problems: [{ subject: 'fromSequelize', message: 'a Sequelize instance was expected' }], hint: 'Give the instance that the models were defined on: fromSequelize(sequelize).',
    })
  }
  // The two members were found; the rest of the shape is Sequelize's own.
  const known = sequelize as unknown as SequelizeLike
  return { title: 'Sequelize models', declare: (context) => ({ form: 'schema', schema: read(known, context) }) }
}

function read(sequelize: SequelizeLike, { dialect, defaultSchema }: DeclareContext): Schema {
  const problems = new Problems()
  if (sequelize.getDialect() !== dialect) problems.add('options', 'dialect', `the instance is for ${sequelize.getDialect()}, the database speaks ${dialect}`)
  if (sequelize.modelManager.models.length === 0) problems.add('models', undefined, 'the instance has none', 'Define the models before the schema is brought into line.')
  problems.throwIfAny('The Sequelize models')
  const reading: Reading = {
    dialect: dialect === 'sqlite' ? 'sqlite' : 'postgres', defaultSchema, problems, enums: new Map(), generator: sequelize.getQueryInterface().queryGenerator,
    normalize: (attribute) => sequelize.normalizeAttribute?.({ ...attribute }) ?? attribute,
  }
  const table = sequelize.modelManager.models.map((model) => tableOf(reading, model))
  problems.throwIfAny('The Sequelize models')
  const names = [...new Set(table.map((one) => one.schema))]
  const sqlite = reading.dialect === 'sqlite'
  return { ...makeSchema({ namespace: sqlite ? [] : names.map((name) => ({ name })), enum: [...reading.enums.values()], table }), covers: sqlite ? SQLITE : POSTGRES, silent: SILENT }
}
