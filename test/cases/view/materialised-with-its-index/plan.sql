-- constrain: replace names (destructive, long)
-- lock: names ACCESS EXCLUSIVE
-- hazard: data-loss
DROP MATERIALIZED VIEW "public"."names";
CREATE MATERIALIZED VIEW "public"."names" AS
SELECT users.name,
    count(*) AS many,
    max(users.age) AS oldest
   FROM public.users
  GROUP BY users.name 
WITH DATA;
CREATE UNIQUE INDEX "names_name_idx" ON "public"."names" USING "btree" ("name");
COMMENT ON MATERIALIZED VIEW "public"."names" IS 'Refreshed at night';
