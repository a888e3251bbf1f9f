-- constrain: drop constraint notes_user from notes (safe)
-- lock: users ACCESS EXCLUSIVE
-- lock: notes ACCESS EXCLUSIVE
-- hazard: locks-referenced-table
ALTER TABLE "public"."notes" DROP CONSTRAINT "notes_user";

-- constrain: add constraint notes_user to notes (safe)
-- lock: users SHARE ROW EXCLUSIVE
-- lock: notes SHARE ROW EXCLUSIVE
ALTER TABLE "public"."notes" ADD CONSTRAINT "notes_user" FOREIGN KEY ("user_id") REFERENCES "public"."users" ("id") ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED NOT VALID;

-- constrain: add constraint notes_user to notes: check the rows (online, long)
-- lock: notes SHARE UPDATE EXCLUSIVE
-- lock: users ROW SHARE
-- hazard: violating-rows
ALTER TABLE "public"."notes" VALIDATE CONSTRAINT "notes_user";
