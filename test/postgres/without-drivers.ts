// Opens a database by its URL in a process where some drivers cannot be imported, and prints which one it came over.
import { register } from 'node:module'
import { isTrueupError } from '../../src/errors.ts'

const [url = '', missing = ''] = process.argv.slice(2)
const hooks = `
const missing = ${JSON.stringify(missing.split(',').filter((name) => name !== ''))}
export function resolve(specifier, context, next) {
  if (missing.includes(specifier)) throw Object.assign(new Error('Cannot find package ' + specifier), { code: 'ERR_MODULE_NOT_FOUND' })
  return next(specifier, context)
}`
register(`data:text/javascript,${encodeURIComponent(hooks)}`)

const { postgres } = await import('../../src/dialects/postgres/postgres.ts')
const database = postgres(url)
try {
  const session = await database.open()
  console.log(typeof session.handle === 'function' ? 'postgres' : 'pg')
  await session.json('SELECT 1')
  await session.release()
} catch (error) {
  console.log(isTrueupError(error) ? `${error.code}: ${error.message} ${error.hint}` : String(error))
}
await database.close()
