-- expand: create extension citext (safe)
CREATE EXTENSION "citext" WITH SCHEMA "public" VERSION '1.6';

-- expand: add column nick to users (safe)
-- lock: users ACCESS EXCLUSIVE
ALTER TABLE "public"."users" ADD COLUMN "nick" public.citext;
