-- expand: create sequence numbers (safe)
CREATE SEQUENCE "public"."numbers" AS bigint INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1 NO CYCLE;
ALTER SEQUENCE "public"."numbers" OWNER TO "reader";

-- expand: change grants of table accounts (incompatible)
-- hazard: breaks-running-code
REVOKE INSERT, SELECT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON TABLE "public"."accounts" FROM "reader";
GRANT SELECT ("id") ON TABLE "public"."accounts" TO "reader";
GRANT SELECT ("name") ON TABLE "public"."accounts" TO "reader";

-- expand: change grants of column id of accounts (safe)
GRANT SELECT ("id") ON TABLE "public"."accounts" TO "reader";

-- expand: change grants of column name of accounts (safe)
GRANT SELECT ("name") ON TABLE "public"."accounts" TO "reader";

-- expand: create routine "whisper()" (safe)
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION public.whisper()
 RETURNS text
 LANGUAGE sql
AS $function$SELECT 'psst'$function$;
ALTER FUNCTION "public"."whisper"() OWNER TO "postgres";
REVOKE EXECUTE ON FUNCTION "public"."whisper"() FROM PUBLIC;

-- expand: create default privileges "FOR ROLE postgres IN SCHEMA public ON TABLES" (safe)
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT SELECT ON TABLES TO "reader";
