/** The schemas that a pair lives in. They go after each pair. */
export const SCHEMAS = ['law', 'Law "2'] as const

/** Tables by slot: names that break careless quoting, one of them as long as a name may be. */
export const TABLES = ['users', 'Order "x', `größe ${'é'.repeat(27)}`, 'select'] as const

/** Columns by slot. `key` is in every table. */
export const COLUMNS = ['Name', 'a b', 'q"uote', "it's;größe"] as const

/** A role of the server that policies and grants name. */
export const READER = 'law "reader'

/** A name in quotes. */
export const q = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A text in quotes. */
export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`
