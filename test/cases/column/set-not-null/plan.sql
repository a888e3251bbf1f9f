-- constrain: change notNull of column email of users: forbid new NULLs (safe)
-- lock: users ACCESS EXCLUSIVE
ALTER TABLE "public"."users" ADD CONSTRAINT "users_email_is_not_null" CHECK ("email" IS NOT NULL) NOT VALID;

-- constrain: change notNull of column email of users: check the rows (online, long)
-- lock: users SHARE UPDATE EXCLUSIVE
-- hazard: violating-rows
ALTER TABLE "public"."users" VALIDATE CONSTRAINT "users_email_is_not_null";

-- constrain: change notNull of column email of users (safe)
-- lock: users ACCESS EXCLUSIVE
ALTER TABLE "public"."users" ALTER COLUMN "email" SET NOT NULL;
ALTER TABLE "public"."users" DROP CONSTRAINT "users_email_is_not_null";
