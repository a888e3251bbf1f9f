import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fromDrizzle } from 'trueup/models/drizzle'
import { postgres } from 'trueup/postgres'
import { sqlite } from 'trueup/sqlite'
import * as models from './models.ts'
import * as sqliteModels from './models.sqlite.ts'
import { schemaOf } from './schema.ts'

/** What the command line finds: `npx trueup status` in this folder. `MEMSTACK=sqlite` for the SQLite one. Opens nothing until it is used. */
const folder = fileURLToPath(new URL('./.trueup/memstack', import.meta.url))
mkdirSync(folder, { recursive: true })

export default process.env['MEMSTACK'] === 'sqlite'
  ? schemaOf(sqlite(join(folder, 'memstack.db')), fromDrizzle(sqliteModels))
  : schemaOf(postgres(process.env['DATABASE_URL'] ?? `pglite:${join(folder, 'postgres')}`), fromDrizzle(models))
