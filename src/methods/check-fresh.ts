import type { FreshCheck, TrueupOptions } from '../api.ts'
import type { Database } from '../dialects/dialect.ts'
import { diff } from '../diff/diff.ts'
import { isTrueupError } from '../errors.ts'
import type { ModelSource } from '../models/source.ts'
import { describe } from '../operations/operation.ts'
import { renameEverywhere } from '../plan/renames.ts'
import { withEntries } from '../plan/target.ts'
import type { CheckedColumn } from '../registry/registry.ts'
import type { Schema } from '../schema/schema.ts'
import { childRef, emptySchema, findTable } from '../schema/schema.ts'
import type { App } from '../survey/context.ts'
import { makeApp, makeCall } from '../survey/context.ts'
import { applyMigrations } from './apply.ts'
import { withSession } from './session.ts'

/** Installs fresh on one scratch database, upgrades an older empty one on another, and compares the two. */
export async function checkFresh(app: App): Promise<FreshCheck> {
  const fresh = await app.database.scratch((database) => install(app, database))
  const { older, without } = await olderModels(app)
  const upgraded = await app.database.scratch(async (database) => {
    try {
      await applyMigrations(appOn(app, database, { models: older, migrations: [] }))
      return await install(app, database)
    } catch (error) {
      if (isTrueupError(error)) return error
      throw error
    }
  })
  const upgradedFrom = without.length === 0 ? 'the models as they are: no entry adds a column or renames one' : `the models without ${without.join(', ')}`
  if (upgraded instanceof Error) return { same: false, upgradedFrom, differences: [`the upgrade fails: ${upgraded.message}`] }
  const differences = diff(fresh, upgraded).map((operation) => `only after an upgrade: ${describe(operation, app.database.defaultSchema)}`)
  return { same: differences.length === 0, differences, upgradedFrom }
}

function appOn(app: App, database: Database, change: Pick<TrueupOptions, 'models' | 'migrations'>): App {
  return makeApp({ ...app.options, ...change, database, logger: false, onProgress: () => {} })
}

async function install(app: App, database: Database): Promise<Schema> {
  const scratch = appOn(app, database, { models: app.options.models, migrations: app.options.migrations ?? [] })
  await applyMigrations(scratch)
  const { scope } = await scratch.declared()
  const live = await withSession(scratch, makeCall(scratch.options), (session) => scratch.dialect.introspect(session, scope))
  // An upgrade leaves old columns beside new ones for a while.
  const { online } = scratch.dialect
  return online === undefined ? live : online.pairs(live).reduce((schema, pair) => online.hide(schema, pair, 'new', schema), live)
}

/** The models as they were before the entries that say what they add. */
async function olderModels(app: App): Promise<{ readonly older: ModelSource; readonly without: readonly string[] }> {
  const { declared, scope } = await app.declared()
  const columns = app.registry.entries.filter((entry): entry is CheckedColumn => entry.kind === 'column')
  const renames = app.registry.entries.flatMap((entry) => (entry.kind === 'rename' ? [entry] : []))
  const base = declared.form === 'text'
    ? await app.database.scratch((database) => withSession(appOn(app, database, { models: app.options.models }), makeCall(app.options), (session) => app.dialect.loadText(session, declared.texts, scope)))
    : declared.schema
  let schema = withEntries(base, emptySchema(), { wanted: [], held: columns }, app.dialect, app.database.defaultSchema)
  for (const { entry } of [...renames].reverse()) {
    const { table, column, to } = entry.rename
    const space = entry.rename.schema ?? app.database.defaultSchema
    const name = { schema: space, name: column === undefined ? to : table }
    if (findTable(schema, name) === undefined) continue
    schema = column === undefined
      ? renameEverywhere(schema, { verb: 'rename', kind: 'table', ref: { kind: 'table', ...name }, newName: table })
      : renameEverywhere(schema, { verb: 'rename', kind: 'column', ref: childRef('column', name, to), newName: column })
  }
  const form = declared.form === 'schema' ? 'schema' : 'normal'
  return { older: { title: 'the models before their entries', declare: () => ({ form, schema }) }, without: [...columns, ...renames].map((entry) => entry.id) }
}
