import { TrueupError } from '../../errors.ts'
import { dialectOfModels } from '../../models/drizzle/collect.ts'
import { fromDrizzle } from '../../models/drizzle/drizzle.ts'
import type { ModelSource } from '../../models/source.ts'
import { isApp } from '../config.ts'
import { load } from '../load.ts'

/** What a module that was named on the command line holds. */
export type Held = { readonly holds: 'app' } | { readonly holds: 'models'; readonly models: ModelSource; readonly dialect: string | null }

/**
 * Understands a module: a configuration by what it exports as its default, else Drizzle tables among its exports, else what
 * `fromDrizzle`, `fromSql` and the like gave.
 *
 * @throws TrueupError `config-invalid` when it holds none of these, or cannot be loaded
 */
export async function understandModule(path: string, title: string): Promise<Held> {
  const module = await load(path)
  const exported: unknown = await module['default']
  const inner: unknown = typeof exported === 'object' && exported !== null && 'default' in exported ? exported.default : undefined
  if ([exported, inner].some(isApp)) return { holds: 'app' }
  for (const candidate of [module, exported, inner]) {
    if (typeof candidate !== 'object' || candidate === null) continue
    if (isModels(candidate)) return { holds: 'models', models: candidate, dialect: null }
    const dialect = dialectOfModels(candidate)
    if (dialect !== null) return { holds: 'models', models: fromDrizzle(candidate), dialect }
  }
  const names = Object.keys(module).filter((name) => name !== 'module.exports')
  throw new TrueupError('config-invalid', `${title} holds neither a configuration nor models; it exports ${names.length === 0 ? 'nothing' : names.join(', ')}.`, {
    hint: 'Name a module that exports Drizzle tables, or what trueup(…), fromDrizzle(…) or fromSql(…) gives as its default.',
  })
}

const isModels = (value: object): value is ModelSource => 'declare' in value && typeof value.declare === 'function' && 'title' in value
