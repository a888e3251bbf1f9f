-- expand: change type of column name of users; replace short_names; replace names (incompatible)
-- lock: short_names ACCESS EXCLUSIVE
-- lock: names ACCESS EXCLUSIVE
-- lock: users ACCESS EXCLUSIVE
-- hazard: cached-plans
-- hazard: breaks-running-code
DROP VIEW "public"."short_names";
DROP VIEW "public"."names";
ALTER TABLE "public"."users" ALTER COLUMN "name" TYPE text;
CREATE VIEW "public"."names" AS
SELECT users.name
   FROM public.users;
COMMENT ON VIEW "public"."names" IS 'all names';
CREATE VIEW "public"."short_names" AS
SELECT "left"(names.name, 3) AS short
   FROM public.names;
