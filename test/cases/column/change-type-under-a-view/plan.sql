-- expand: drop view short_names (incompatible)
-- hazard: breaks-running-code
DROP VIEW "public"."short_names";

-- expand: drop view names (incompatible)
-- hazard: breaks-running-code
DROP VIEW "public"."names";

-- expand: change type of column name of users (safe)
-- lock: users ACCESS EXCLUSIVE
-- hazard: cached-plans
ALTER TABLE "public"."users" ALTER COLUMN "name" TYPE text;

-- expand: create view names (safe)
CREATE VIEW "public"."names" AS
SELECT users.name
   FROM public.users;
COMMENT ON VIEW "public"."names" IS 'all names';

-- expand: create view short_names (safe)
CREATE VIEW "public"."short_names" AS
SELECT "left"(names.name, 3) AS short
   FROM public.names;
