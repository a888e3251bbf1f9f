-- expand: drop trigger watched from orders (incompatible)
-- lock: orders ACCESS EXCLUSIVE
DROP TRIGGER "watched" ON "public"."orders";

-- expand: change type of column total of orders (blocking, long)
-- lock: orders ACCESS EXCLUSIVE
-- hazard: table-rewrite
-- hazard: cached-plans
ALTER TABLE "public"."orders" ALTER COLUMN "total" TYPE bigint;

-- constrain: add trigger watched to orders (safe)
-- lock: orders SHARE ROW EXCLUSIVE
CREATE TRIGGER watched BEFORE UPDATE OF total ON public.orders FOR EACH ROW EXECUTE FUNCTION public.watch();
