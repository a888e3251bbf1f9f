-- expand: change rowSecurity of table users (incompatible)
-- lock: users ACCESS EXCLUSIVE
ALTER TABLE "public"."users" FORCE ROW LEVEL SECURITY;

-- constrain: change using of policy adults of users (incompatible)
-- lock: users ACCESS EXCLUSIVE
ALTER POLICY "adults" ON "public"."users" USING ((age >= 21));

-- constrain: replace own (incompatible)
-- lock: users ACCESS EXCLUSIVE
DROP POLICY "own" ON "public"."users";
CREATE POLICY "own" ON "public"."users" TO "reader" USING ((name = CURRENT_USER)) WITH CHECK ((age IS NOT NULL));
