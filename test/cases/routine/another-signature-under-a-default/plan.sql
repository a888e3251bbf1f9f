-- expand: change default of column code of parts (safe)
-- lock: parts ACCESS EXCLUSIVE
ALTER TABLE "public"."parts" ALTER COLUMN "code" DROP DEFAULT;

-- expand: drop routine "next_code(integer)" (incompatible)
DROP FUNCTION "public"."next_code"(integer);

-- expand: create routine "next_code(integer, integer)" (safe)
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION public.next_code(step integer, base integer DEFAULT 0)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$SELECT base + step$function$;

-- expand: change default of column code of parts (safe)
-- lock: parts ACCESS EXCLUSIVE
ALTER TABLE "public"."parts" ALTER COLUMN "code" SET DEFAULT public.next_code(1);
