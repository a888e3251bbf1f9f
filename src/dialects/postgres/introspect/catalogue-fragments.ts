/** The comment on an object, as a scalar sub-select over an indexed key. */
export const DESCRIPTION = (catalogue: string, oid: string): string =>
  `(SELECT ds.description FROM pg_catalog.pg_description ds WHERE ds.classoid = 'pg_catalog.${catalogue}'::regclass AND ds.objoid = ${oid} AND ds.objsubid = 0)`

/** The same for objects of which there are many: none is looked for when no user's object of the kind has a comment. */
export const IF_ANY_DESCRIPTION = (catalogue: string, oid: string): string =>
  `CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_description da WHERE da.objoid >= 16384 AND da.classoid = 'pg_catalog.${catalogue}'::regclass) THEN ${DESCRIPTION(catalogue, oid)} END`

/** The comment on an object of the whole cluster. */
export const SHARED_DESCRIPTION = (catalogue: string, oid: string): string =>
  `(SELECT ds.description FROM pg_catalog.pg_shdescription ds WHERE ds.classoid = 'pg_catalog.${catalogue}'::regclass AND ds.objoid = ${oid})`

/** True for a member of an extension. */
export const OWNED_BY_EXTENSION = (catalogue: string, oid: string): string =>
  `EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.${catalogue}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`

/** A collation's name as the server prints it with an empty search path. */
export const COLLATION = (oid: string): string =>
  `(SELECT CASE o.collnamespace WHEN 11 THEN '' ELSE quote_ident(cn.nspname) || '.' END || quote_ident(o.collname)
  FROM pg_catalog.pg_collation o JOIN pg_catalog.pg_namespace cn ON cn.oid = o.collnamespace WHERE o.oid = ${oid})`
