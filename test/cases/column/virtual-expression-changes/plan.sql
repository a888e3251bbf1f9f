-- expand: change generated of column area of parcels (safe)
-- lock: parcels ACCESS EXCLUSIVE
-- hazard: cached-plans
ALTER TABLE "public"."parcels" ALTER COLUMN "area" SET EXPRESSION AS (((width * height) * 2));

-- expand: add column edge to parcels (safe)
-- lock: parcels ACCESS EXCLUSIVE
ALTER TABLE "public"."parcels" ADD COLUMN "edge" integer GENERATED ALWAYS AS ((width + height)) VIRTUAL;
