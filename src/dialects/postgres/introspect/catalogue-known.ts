/*
 * Numbers of the server's own objects, written by hand in its sources and never changed since (`pg_type.dat`, `pg_am.dat`,
 * `pg_collation.dat`). Knowing them saves a look-up for each of many thousand rows; what is not known is looked up.
 */

export const HEAP = 2
export const BTREE = 403
/** The collation of the database. */
export const DEFAULT_COLLATION = 100
/** Stored as `main` by itself. */
export const NUMERIC = 1700
/** Types that are stored as `extended` by themselves: bytea, text, json, xml, bpchar, varchar, tsvector, jsonb, and the arrays of integer, bigint, text, bpchar and varchar. */
export const EXTENDED_TYPES = [17, 25, 114, 142, 1042, 1043, 3614, 3802, 1007, 1016, 1009, 1014, 1015] as const
/** Types that have the database's collation by themselves: text, bpchar, varchar and their arrays. */
export const COLLATED_TYPES = [25, 1042, 1043, 1009, 1014, 1015] as const
