-- expand: drop index people_happy_idx from people (online, alone)
-- lock: people SHARE UPDATE EXCLUSIVE
DROP INDEX CONCURRENTLY "public"."people_happy_idx";

-- expand: change values of enum mood (incompatible, long)
-- lock: moods ACCESS EXCLUSIVE
-- lock: people ACCESS EXCLUSIVE
-- hazard: table-rewrite
DROP VIEW "public"."moods";
ALTER TYPE "public"."mood" RENAME TO "mood_old";
CREATE TYPE "public"."mood" AS ENUM ('sad', 'happy');
ALTER TABLE "public"."people" ALTER COLUMN "mood" DROP DEFAULT, ALTER COLUMN "mood" TYPE public.mood USING "mood"::text::public.mood, ALTER COLUMN "mood" SET DEFAULT 'sad'::public.mood;
DROP TYPE "public"."mood_old";
CREATE VIEW "public"."moods" AS
SELECT people.mood
   FROM public.people;

-- constrain: add index people_happy_idx to people (online, long, alone)
-- lock: people SHARE UPDATE EXCLUSIVE
CREATE INDEX CONCURRENTLY "people_happy_idx" ON "public"."people" USING "btree" ("id") WHERE (mood = 'happy'::public.mood);
