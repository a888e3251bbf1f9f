-- expand: replace totals (destructive, long)
-- lock: best ACCESS EXCLUSIVE
-- lock: totals ACCESS EXCLUSIVE
-- hazard: data-loss
DROP VIEW "public"."best";
DROP MATERIALIZED VIEW "public"."totals";
CREATE MATERIALIZED VIEW "public"."totals" AS
SELECT orders.customer,
    sum(orders.total) AS total,
    count(*) AS orders
   FROM public.orders
  GROUP BY orders.customer 
WITH DATA;
CREATE UNIQUE INDEX "totals_customer" ON "public"."totals" USING "btree" ("customer");
CREATE INDEX "totals_total" ON "public"."totals" USING "btree" ("total" DESC);
COMMENT ON MATERIALIZED VIEW "public"."totals" IS 'Refreshed at night';
CREATE VIEW "public"."best" AS
SELECT totals.customer
   FROM public.totals
  WHERE (totals.total > (1000)::numeric);
