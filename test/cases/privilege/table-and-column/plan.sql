-- expand: change grants of table users (incompatible)
-- hazard: breaks-running-code
REVOKE INSERT ON TABLE "public"."users" FROM "reader";
GRANT SELECT ON TABLE "public"."users" TO "reader" WITH GRANT OPTION;
GRANT UPDATE ("name") ON TABLE "public"."users" TO "reader";

-- expand: change grants of column name of users (safe)
GRANT UPDATE ("name") ON TABLE "public"."users" TO "reader";

-- expand: create default privileges "FOR ROLE postgres IN SCHEMA public ON TABLES" (safe)
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT SELECT ON TABLES TO "reader";
