-- expand: change grants of schema public (safe)
GRANT CREATE ON SCHEMA "public" TO "reader";

-- expand: change owner, grants of table users (incompatible)
-- lock: users ACCESS EXCLUSIVE
-- hazard: breaks-running-code
ALTER TABLE "public"."users" OWNER TO "reader";
