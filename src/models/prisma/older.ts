/** What tells where a database is and nothing of what is in it. Prisma 7 refuses it in a schema, and every older schema has it. */
const PLACES = /^\s*(url|directUrl|shadowDatabaseUrl)\s*=/
/** The preview features that change the SQL; the engine refuses a schema for the name of one that it does not know. */
const FEATURES: ReadonlySet<string> = new Set(['fullTextSearchPostgres', 'partialIndexes', 'postgresqlExtensions', 'views'])

/**
 * A schema of Prisma 4 to 6 as the engine of 7 takes it, line by line in its place, so that what the engine says of a line holds
 * for the file. A schema of Prisma 7 stays as it is.
 */
export function modernised(text: string): string {
  let block: string | null = null
  let features: string[] | null = null
  const lines = text.split('\n').map((line) => {
    const begin = /^\s*(datasource|generator)\s+\w+\s*\{/.exec(line)?.[1]
    if (begin !== undefined) block = begin
    else if (/^\s*\}/.test(line)) block = null
    if (block === 'datasource') return PLACES.test(line) ? '' : line.replace(/^(\s*)referentialIntegrity(\s*=)/, '$1relationMode$2')
    if (block !== 'generator') return line
    if (/^\s*previewFeatures\s*=/.test(line)) features = []
    if (features === null) return line
    const written = line.replace(/\/\/.*$/, '')
    features.push(...Array.from(written.matchAll(/"(\w+)"/g), ([, name = '']) => name))
    if (!written.includes(']')) return ''
    const known = features.filter((name) => FEATURES.has(name))
    features = null
    return known.length === 0 ? '' : `previewFeatures = [${known.map((name) => `"${name}"`).join(', ')}]`
  })
  return lines.join('\n')
}
