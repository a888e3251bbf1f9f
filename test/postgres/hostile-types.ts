import type pg from 'pg'

/** Parsers that make something else of every value. */
export const HOSTILE_TYPES: pg.CustomTypesConfig = { getTypeParser: () => () => 'disturbed' }
