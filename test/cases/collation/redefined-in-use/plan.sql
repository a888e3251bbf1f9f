-- expand: drop index users_nick from users (online, alone)
-- lock: users SHARE UPDATE EXCLUSIVE
DROP INDEX CONCURRENTLY "public"."users_nick";

-- expand: drop index users_upper from users (online, alone)
-- lock: users SHARE UPDATE EXCLUSIVE
DROP INDEX CONCURRENTLY "public"."users_upper";

-- expand: drop constraint users_name_check from users (safe)
-- lock: users ACCESS EXCLUSIVE
ALTER TABLE "public"."users" DROP CONSTRAINT "users_name_check";

-- expand: drop view adults (incompatible)
-- lock: adults ACCESS EXCLUSIVE
-- hazard: breaks-running-code
DROP VIEW "public"."adults";

-- expand: change definition of collation german (incompatible, long)
-- lock: users ACCESS EXCLUSIVE
-- hazard: table-rewrite
ALTER COLLATION "public"."german" RENAME TO "german_old";
CREATE COLLATION public.german (provider = libc, locale = 'POSIX');
ALTER TABLE "public"."users" ALTER COLUMN "name" DROP DEFAULT, ALTER COLUMN "name" TYPE text COLLATE public.german, ALTER COLUMN "name" SET DEFAULT 'x'::text;

-- expand: change type, needs of domain word (incompatible, long)
-- lock: users ACCESS EXCLUSIVE
-- hazard: table-rewrite
ALTER DOMAIN "public"."word" RENAME TO "word_old";
CREATE DOMAIN "public"."word" AS text COLLATE public.german CONSTRAINT "word_check" CHECK ((VALUE <> ''::text));
ALTER TABLE "public"."users" ALTER COLUMN "nick" TYPE public.word USING "nick"::text::public.word;
DROP DOMAIN "public"."word_old";

-- expand: change attributes, needs of composite type pair (incompatible, long)
-- lock: users ACCESS EXCLUSIVE
-- hazard: table-rewrite
ALTER TYPE "public"."pair" RENAME TO "pair_old";
CREATE TYPE "public"."pair" AS ("key" text COLLATE public.german, "n" integer);
ALTER TABLE "public"."users" ALTER COLUMN "pair" TYPE public.pair USING "pair"::text::public.pair;
DROP TYPE "public"."pair_old";
DROP COLLATION "public"."german_old";

-- expand: create view adults (safe)
CREATE VIEW "public"."adults" AS
SELECT users.name
   FROM public.users
  WHERE (users.age >= 18)
  ORDER BY (users.name COLLATE public.german);

-- constrain: add constraint users_name_check to users (safe)
-- lock: users ACCESS EXCLUSIVE
ALTER TABLE "public"."users" ADD CONSTRAINT "users_name_check" CHECK ((name < ('z'::text COLLATE public.german))) NOT VALID;

-- constrain: add constraint users_name_check to users: check the rows (online, long)
-- lock: users SHARE UPDATE EXCLUSIVE
-- hazard: violating-rows
ALTER TABLE "public"."users" VALIDATE CONSTRAINT "users_name_check";

-- constrain: add index users_nick to users (online, long, alone)
-- lock: users SHARE UPDATE EXCLUSIVE
CREATE INDEX CONCURRENTLY "users_nick" ON "public"."users" USING "btree" ("nick" COLLATE public.german);

-- constrain: add index users_upper to users (online, long, alone)
-- lock: users SHARE UPDATE EXCLUSIVE
CREATE INDEX CONCURRENTLY "users_upper" ON "public"."users" USING "btree" ((upper(name)));
