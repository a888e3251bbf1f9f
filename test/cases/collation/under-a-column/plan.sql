-- expand: create collation german (safe)
CREATE COLLATION public.german (provider = libc, locale = 'C');

-- expand: change collation of column name of users (safe)
-- lock: users ACCESS EXCLUSIVE
-- hazard: cached-plans
ALTER TABLE "public"."users" ALTER COLUMN "name" TYPE text COLLATE public.german;
