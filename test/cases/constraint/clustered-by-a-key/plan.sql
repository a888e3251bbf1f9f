-- constrain: change clustered of constraint orders_pkey of orders (safe)
-- lock: orders SHARE UPDATE EXCLUSIVE
ALTER TABLE "public"."orders" CLUSTER ON "orders_pkey";

-- constrain: change clustered of constraint parts_pkey of parts (safe)
-- lock: parts SHARE UPDATE EXCLUSIVE
ALTER TABLE "public"."parts" SET WITHOUT CLUSTER;
