-- contract: drop index users_name_idx from users (online, alone)
-- lock: users SHARE UPDATE EXCLUSIVE
DROP INDEX CONCURRENTLY "public"."users_name_idx";

-- contract: drop constraint users_email_key from users (incompatible)
-- lock: users ACCESS EXCLUSIVE
ALTER TABLE "public"."users" DROP CONSTRAINT "users_email_key";

-- contract: drop column email from users (destructive)
-- lock: users ACCESS EXCLUSIVE
-- hazard: data-loss
ALTER TABLE "public"."users" DROP COLUMN "email";

-- contract: drop column name from users (destructive)
-- lock: users ACCESS EXCLUSIVE
-- hazard: data-loss
ALTER TABLE "public"."users" DROP COLUMN "name";
