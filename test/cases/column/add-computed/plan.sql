-- expand: add column token to orders (safe)
-- lock: orders ACCESS EXCLUSIVE
ALTER TABLE "public"."orders" ADD COLUMN "token" uuid, ALTER COLUMN "token" SET DEFAULT gen_random_uuid(), ADD CONSTRAINT "orders_token_to_fill" CHECK ("token" IS NOT NULL) NOT VALID;

-- expand: add column token to orders: fill the rows that are there (online, long)
-- lock: orders ROW EXCLUSIVE
UPDATE "public"."orders" SET "token" = gen_random_uuid() WHERE "token" IS NULL;

-- expand: add column token to orders: check the rows (online, long)
-- lock: orders SHARE UPDATE EXCLUSIVE
ALTER TABLE "public"."orders" VALIDATE CONSTRAINT "orders_token_to_fill";

-- expand: add column token to orders: require it (safe)
-- lock: orders ACCESS EXCLUSIVE
ALTER TABLE "public"."orders" ALTER COLUMN "token" SET NOT NULL;
ALTER TABLE "public"."orders" DROP CONSTRAINT "orders_token_to_fill";

-- expand: add column number to orders (safe)
-- lock: orders ACCESS EXCLUSIVE
CREATE SEQUENCE "public"."orders_number_to_fill_seq" AS bigint INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1 NO CYCLE;
ALTER TABLE "public"."orders" ADD COLUMN "number" bigint, ALTER COLUMN "number" SET DEFAULT nextval('"public"."orders_number_to_fill_seq"'::regclass), ADD CONSTRAINT "orders_number_to_fill" CHECK ("number" IS NOT NULL) NOT VALID;

-- expand: add column number to orders: fill the rows that are there (online, long)
-- lock: orders ROW EXCLUSIVE
UPDATE "public"."orders" SET "number" = nextval('"public"."orders_number_to_fill_seq"'::regclass) WHERE "number" IS NULL;

-- expand: add column number to orders: check the rows (online, long)
-- lock: orders SHARE UPDATE EXCLUSIVE
ALTER TABLE "public"."orders" VALIDATE CONSTRAINT "orders_number_to_fill";

-- expand: add column number to orders: require it (safe)
-- lock: orders ACCESS EXCLUSIVE
ALTER TABLE "public"."orders" ALTER COLUMN "number" SET NOT NULL;
ALTER TABLE "public"."orders" DROP CONSTRAINT "orders_number_to_fill";
ALTER TABLE "public"."orders" ALTER COLUMN "number" DROP DEFAULT, ALTER COLUMN "number" ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME "orders_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1 NO CYCLE);
SELECT setval(pg_get_serial_sequence('"public"."orders"', 'number'), last_value, is_called) FROM "public"."orders_number_to_fill_seq";
DROP SEQUENCE "public"."orders_number_to_fill_seq";
