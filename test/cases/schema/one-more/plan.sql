-- expand: create schema shop (safe)
CREATE SCHEMA "shop";
COMMENT ON SCHEMA "shop" IS 'What is sold';

-- expand: create table shop.orders (safe)
CREATE TABLE "shop"."orders" (
  "id" integer NOT NULL,
  "user_id" integer NOT NULL,
  CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);

-- constrain: add constraint orders_user_id_fkey to shop.orders (safe)
-- lock: users SHARE ROW EXCLUSIVE
ALTER TABLE "shop"."orders" ADD CONSTRAINT "orders_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "public"."users" ("id");
