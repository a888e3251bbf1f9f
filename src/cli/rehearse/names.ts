import { randomBytes } from 'node:crypto'

/** What a database of ours is recognised by, beside its comment. */
export const PREFIX = 'trueup_rehearsal_'
/** Begins the comment of every copy. */
export const MARK = 'trueup rehearsal'
const KEPT = `${MARK}, kept: `

export const madeUpName = (): string => `${PREFIX}${randomBytes(6).toString('hex')}`

export const commentOf = (address: string, kept: boolean): string => `${kept ? KEPT : `${MARK}: `}a copy of ${address}, made ${new Date().toISOString()}; nothing needs it`

export const isKept = (comment: string): boolean => comment.startsWith(KEPT)

/** A name, quoted. */
export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A text, quoted, whatever `standard_conforming_strings` says. */
export const text = (value: string): string => `${value.includes('\\') ? ' E' : ''}'${value.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`

/** Another database of the same server. */
export function withDatabase(url: string, database: string): string {
  const other = new URL(url)
  other.pathname = `/${encodeURIComponent(database)}`
  return other.href
}

export const databaseOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1))
