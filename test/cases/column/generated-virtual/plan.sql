-- expand: add column older to users (safe)
-- lock: users ACCESS EXCLUSIVE
ALTER TABLE "public"."users" ADD COLUMN "older" integer GENERATED ALWAYS AS ((age + 1)) VIRTUAL;
