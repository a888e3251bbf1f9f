-- constrain: change notNull of column email of users (safe)
-- lock: users ACCESS EXCLUSIVE
ALTER TABLE "public"."users" ADD CONSTRAINT "mail_is_there" NOT NULL "email" NOT VALID;

-- constrain: change notNull of column email of users: check the rows (online, long)
-- lock: users SHARE UPDATE EXCLUSIVE
-- hazard: violating-rows
ALTER TABLE "public"."users" VALIDATE CONSTRAINT "mail_is_there";
