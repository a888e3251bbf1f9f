import { TrueupError } from '../../errors.ts'
import type { SchemaSource } from '../../tools.ts'

export interface Closeable {
  close(): Promise<void>
}

/** Extensions that SQL texts create and snapshots name, for a PGlite that must be told of them when it is made. */
export async function extensionsNamed(sources: readonly SchemaSource[]): Promise<readonly string[]> {
  const found = new Set<string>()
  for (const source of sources) {
    if (!('declare' in source)) continue
    // What is wrong with the models is told when they are read, with the place that it is at.
    const declared = await Promise.resolve().then(() => source.declare({ dialect: 'postgres', defaultSchema: 'public' })).catch(() => null)
    if (declared?.form === 'text') for (const { text } of declared.texts) for (const name of namesIn(text)) found.add(name)
    else for (const extension of declared?.schema.extension ?? []) found.add(extension.name)
  }
  return [...found].sort()
}

const namesIn = (text: string): readonly string[] =>
  [...text.matchAll(/\bcreate\s+extension\s+(?:if\s+not\s+exists\s+)?(?:"([^"]+)"|([\w-]+))/gi)].map((match) => match[1] ?? (match[2] ?? '').toLowerCase())

/**
 * A PGlite in memory with these extensions, as far as it brings them; what it lacks is told when a text asks for it.
 *
 * @throws TrueupError `driver-missing`
 */
export async function makePglite(extensions: readonly string[]): Promise<Closeable & object> {
  const { PGlite } = await importPglite()
  const given = await Promise.all(extensions.map(importExtension))
  return PGlite.create({ extensions: Object.fromEntries(given.flatMap((extension) => (extension === null ? [] : [[extension.name, extension]]))) })
}

async function importPglite(): Promise<{ readonly PGlite: { create(options: object): Promise<Closeable & object> } }> {
  try {
    return await import('@electric-sql/pglite')
  } catch (cause) {
    throw new TrueupError('driver-missing', 'None of the sources is a database, and PGlite, in whose words they could be read, is not installed.', {
      hint: 'Name a server with --on postgres://…, where a scratch database may be made, or run `npm install @electric-sql/pglite`.', cause,
    })
  }
}

/** Extensions are modules of PGlite's own, named as in SQL but for `uuid-ossp`. */
async function importExtension(name: string): Promise<{ readonly name: string } | null> {
  const file = name.replaceAll('-', '_')
  if (!/^\w+$/.test(file)) return null
  for (const module of [`@electric-sql/pglite/contrib/${file}`, `@electric-sql/pglite-${name.replaceAll('_', '-')}`, `@electric-sql/pglite/${file}`]) {
    const loaded = (await import(module).catch(() => null)) as Readonly<Record<string, { readonly name: string }>> | null
    if (loaded?.[file] !== undefined) return loaded[file]
  }
  return null
}
