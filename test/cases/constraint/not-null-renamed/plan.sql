-- constrain: change notNull of column name of people (safe)
-- lock: people ACCESS EXCLUSIVE
ALTER TABLE "public"."people" ADD CONSTRAINT "name_given" NOT NULL "name" NOT VALID;

-- constrain: change notNull of column name of people: check the rows (online, long)
-- lock: people SHARE UPDATE EXCLUSIVE
-- hazard: violating-rows
ALTER TABLE "public"."people" VALIDATE CONSTRAINT "name_given";

-- constrain: change notNullName of column email of people (safe)
-- lock: people ACCESS EXCLUSIVE
ALTER TABLE "public"."people" RENAME CONSTRAINT "email_given" TO "email_is_given";

-- constrain: change notNullValidated, notNullName of column phone of people (safe)
-- lock: people ACCESS EXCLUSIVE
ALTER TABLE "public"."people" DROP CONSTRAINT "people_phone_not_null", ADD CONSTRAINT "phone_given" NOT NULL "phone" NOT VALID;
