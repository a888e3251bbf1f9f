-- expand: change comment of column name of users (safe)
-- lock: users SHARE UPDATE EXCLUSIVE
COMMENT ON COLUMN "public"."users"."name" IS 'As in the passport';

-- constrain: change comment of constraint users_pkey of users (safe)
COMMENT ON CONSTRAINT "users_pkey" ON "public"."users" IS 'Never reused';
