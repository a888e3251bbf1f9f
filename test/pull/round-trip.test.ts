import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Database } from '../../src/dialects/dialect.ts'
import { splitStatements } from '../../src/dialects/postgres/text/split.ts'
import { compare } from '../../src/methods/compare.ts'
import { fromDrizzle } from '../../src/models/drizzle/drizzle.ts'
import { fromSnapshot, toSnapshot } from '../../src/models/snapshot.ts'
import { fromSql } from '../../src/models/sql.ts'
import type { ModelSource } from '../../src/models/source.ts'
import { postgresModels, readSchema, sqlFiles, sqliteModels } from '../../src/tools.ts'
import type { Place, Target } from '../start/targets.ts'
import { targets } from '../start/targets.ts'
import { loadModels } from './place.ts'

const read = (path: string): string => readFileSync(join(import.meta.dirname, path), 'utf8')

/** A database that was built from a file. */
async function built(target: Target, path: string): Promise<Place> {
  const place = await target.place()
  await place.script(...splitStatements(read(path)).map((statement) => statement.text))
  return place
}

/** What differs between models and the database that they were pulled from. A database may be in line with models that have no words for all of it. */
async function differences(models: ModelSource, database: Database): Promise<readonly string[]> {
  const there = await compare({ from: models, to: database })
  const back = await compare({ from: database, to: models })
  assert.ok(back.same || !there.same)
  return there.operations
}

for (const target of targets()) describe(`pulled from ${target.title}`, () => {
  const own = `schemas/${target.dialect}.sql`

  test('SQL files read back to the same schema, and to the same files', async () => {
    const place = await built(target, own)
    try {
      const database = place.database()
      const { schema, version } = await readSchema({ of: database })
      const write = (given: typeof schema): ReturnType<typeof sqlFiles> => sqlFiles({ schema: given, version, dialect: database.dialect, defaultSchema: database.defaultSchema })
      const files = write(schema)
      assert.ok(files.length >= 4)
      assert.ok(files.every((file) => file.text.startsWith('-- trueup pull: ') && file.text.endsWith(';\n')))
      const models = fromSql(files.map(({ path, text }) => ({ name: path, text })))
      assert.deepEqual(await differences(models, database), [])
      assert.deepEqual(write((await readSchema({ of: models, on: database })).schema), files)
    } finally {
      await place.close()
    }
  })

  test('a snapshot reads back to the same schema', async () => {
    const place = await built(target, own)
    try {
      const database = place.database()
      const { schema, dialect } = await readSchema({ of: database })
      const text = JSON.stringify(toSnapshot(schema, dialect))
      assert.deepEqual(await differences(fromSnapshot(text), database), [])
      assert.equal(JSON.stringify(toSnapshot((await readSchema({ of: database })).schema, dialect)), text)
    } finally {
      await place.close()
    }
  })

  // PGlite makes a new database for each scratch place, which takes seconds; what is proved here is the same for all of PostgreSQL.
  if (target.title !== 'PGlite') test('Drizzle models read back to the same schema, and leave nothing out', async () => {
    const place = await built(target, own)
    try {
      const database = place.database()
      const { schema } = await readSchema({ of: database })
      const { text, omitted } = target.dialect === 'sqlite' ? sqliteModels(schema) : postgresModels(schema, 'public')
      assert.deepEqual(omitted.filter((line) => !line.startsWith('columns of view')), [])
      assert.deepEqual(await differences(fromDrizzle(await loadModels(text)), database), [])
    } finally {
      await place.close()
    }
  })
})

/** What Drizzle has no word for in larger schemas, as far as its models speak of the kind at all. The rest is only listed. */
const LEFT: Readonly<Record<string, readonly string[]>> = {
  saas: [
    'change type of sequence app.invoice_number', 'create table app.events_2025', 'create table app.events_2026', 'create table app.events_2026_0', 'create table app.events_2026_1',
    'create table app.events_rest', 'create table app.regions_eu', 'change rowSecurity of table app.users', 'change validated of constraint users_team_fkey of app.users',
  ],
  warehouse: ['add constraint products_valid_width_excl to mart.products', 'add index daily_key to mart.daily', 'add index daily_total to mart.daily'],
  legacy: ['change ownedBy of sequence "Seq With \\" quote"'],
}

for (const target of targets().filter(({ dialect, shared }) => dialect === 'postgres' && shared)) describe(`larger schemas pulled as Drizzle models from ${target.title}`, () => {
  for (const [name, left] of Object.entries(LEFT)) test(name, async () => {
    const place = await built(target, `../sameness/schemas/${name}.sql`)
    try {
      const database = place.database()
      const { text, omitted } = postgresModels((await readSchema({ of: database })).schema, 'public')
      assert.deepEqual([...(await differences(fromDrizzle(await loadModels(text)), database))].sort(), [...left].sort())
      for (const line of omitted) assert.ok(text.includes(`\n// - ${line}`), line)
      // Every difference is of an object that the list names.
      for (const operation of left) assert.ok(omitted.some((line) => line.includes(operation.split(' ').at(-1) ?? '') || line.includes(operation.split(' ')[2] ?? '')), operation)
    } finally {
      await place.close()
    }
  })
})
