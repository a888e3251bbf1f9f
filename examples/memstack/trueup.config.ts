import { fileURLToPath } from 'node:url'
import { openApp } from './app.ts'

/** What the command line finds: `npx trueup status` in this folder. `MEMSTACK=sqlite` for the SQLite one. */
const { schema } = await openApp({
  url: process.env['DATABASE_URL'],
  folder: fileURLToPath(new URL('./.trueup/memstack', import.meta.url)),
  sqlite: process.env['MEMSTACK'] === 'sqlite',
})

export default schema
