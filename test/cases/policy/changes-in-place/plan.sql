-- constrain: change roles, using of policy seen of notes (incompatible)
-- lock: notes ACCESS EXCLUSIVE
ALTER POLICY "seen" ON "public"."notes" TO "pg_read_all_data" USING ((shared OR (owner = CURRENT_USER)));

-- constrain: replace written (incompatible)
-- lock: notes ACCESS EXCLUSIVE
DROP POLICY "written" ON "public"."notes";
CREATE POLICY "written" ON "public"."notes" TO PUBLIC USING ((owner = CURRENT_USER));
