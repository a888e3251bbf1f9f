-- constrain: add constraint users_age_check to users (safe)
-- lock: users ACCESS EXCLUSIVE
ALTER TABLE "public"."users" ADD CONSTRAINT "users_age_check" CHECK ((age > 0)) NOT VALID;

-- constrain: add constraint users_age_check to users: check the rows (online, long)
-- lock: users SHARE UPDATE EXCLUSIVE
-- hazard: violating-rows
ALTER TABLE "public"."users" VALIDATE CONSTRAINT "users_age_check";

-- constrain: add constraint users_email_key to users: build its index (online, long, alone)
-- lock: users SHARE UPDATE EXCLUSIVE
-- hazard: violating-rows
CREATE UNIQUE INDEX CONCURRENTLY "users_email_key" ON "public"."users" USING "btree" ("email");

-- constrain: add constraint users_email_key to users (safe)
-- lock: users ACCESS EXCLUSIVE
ALTER TABLE "public"."users" ADD CONSTRAINT "users_email_key" UNIQUE USING INDEX "users_email_key";
