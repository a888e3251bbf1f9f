-- expand: add column token to orders (blocking, long)
-- lock: orders ACCESS EXCLUSIVE
-- hazard: table-rewrite
ALTER TABLE "public"."orders" ADD COLUMN "token" uuid DEFAULT gen_random_uuid() NOT NULL;

-- expand: add column number to orders (blocking, long)
-- lock: orders ACCESS EXCLUSIVE
-- hazard: table-rewrite
ALTER TABLE "public"."orders" ADD COLUMN "number" bigint NOT NULL GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME "orders_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1 NO CYCLE);
