-- expand: create extension pg_trgm (safe)
CREATE EXTENSION "pg_trgm" WITH SCHEMA "public" VERSION '1.6';

-- constrain: add index texts_body to texts (online, long, alone)
-- lock: texts SHARE UPDATE EXCLUSIVE
CREATE INDEX CONCURRENTLY "texts_body" ON "public"."texts" USING "gin" ("body" public.gin_trgm_ops);
