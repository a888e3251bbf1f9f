/**
 * What models often use of the extensions of PostgreSQL's contrib, pgvector and PostGIS, by the names that a server's message gives
 * where one is missing: types, operator classes, functions. From their manuals.
 */
const BY_NAME: readonly (readonly [RegExp, string])[] = [
  [/^type "(vector|halfvec|sparsevec)"/, 'vector'], [/^operator class "(vector|halfvec|sparsevec|bit)_(l1|l2|ip|cosine|hamming|jaccard)_ops"/, 'vector'], [/^access method "(hnsw|ivfflat)"/, 'vector'],
  [/^operator class "gi(n|st)_trgm_ops"/, 'pg_trgm'], [/^function (similarity|word_similarity|show_trgm)\(/, 'pg_trgm'],
  [/^type "citext"/, 'citext'], [/^type "hstore"/, 'hstore'], [/^type "(ltree|lquery)"/, 'ltree'], [/^type "cube"/, 'cube'], [/^type "earth"/, 'earthdistance'], [/^function ll_to_earth\(/, 'earthdistance'],
  [/^type "(geometry|geography)"/, 'postgis'],
  [/^function uuid_generate_v\w+\(/, 'uuid-ossp'], [/^function (gen_salt|crypt|digest|hmac)\(/, 'pgcrypto'], [/^function unaccent\(/, 'unaccent'],
  [/^data type \S+ has no default operator class for access method "gist"/, 'btree_gist'], [/^data type \S+ has no default operator class for access method "gin"/, 'btree_gin'],
]

/** The extension that has what a server says is missing; `undefined` where nobody knows. */
function extensionOf(code: string, message: string): string | undefined {
  return code === '42704' || code === '42883' ? BY_NAME.find(([pattern]) => pattern.test(message))?.[1] : undefined
}

/** What to do about an extension, a part of one, or a role that a server says is missing; `undefined` for anything else. */
export function missingHint(code: string, message: string): string | undefined {
  if (code === '0A000' && /^extension ".*" is not available$/s.test(message)) return 'It has to be installed where PostgreSQL runs, often by a package of the system. PGlite is given it when it is made: PGlite.create({ extensions: { … } }).'
  if (code === '42704' && /^role ".*" does not exist$/s.test(message)) return 'Roles belong to the whole server, and trueup makes none: create it (CREATE ROLE …), or name another one. Then start again: what ran is recorded.'
  const name = extensionOf(code, message)
  return name === undefined ? undefined : `The extension ${name} has it. Name it beside the models, withExtensions(models, ['${name}']) from their door, or create it: CREATE EXTENSION "${name}". Then start again: what ran is recorded.`
}
