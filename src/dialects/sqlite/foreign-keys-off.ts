import type { Statement } from './tokens.ts'

/** SQLite ignores it inside a transaction, so it is sent before BEGIN wherever it stands; what the user had set comes back after the end. */
export const FOREIGN_KEYS_OFF = 'PRAGMA foreign_keys=OFF'

/** True for every way of writing it that is taken out of a transaction. */
export const isForeignKeysOff = ({ text }: Pick<Statement, 'text'>): boolean => /^PRAGMA\s+foreign_keys\s*=\s*(?:OFF|0|FALSE|NO)$/i.test(text)
