-- expand: change type of domain code (incompatible)
ALTER DOMAIN "public"."code" RENAME TO "code_old";
CREATE DOMAIN "public"."code" AS text;

-- expand: change type, needs of domain codes (incompatible, long)
-- lock: parts ACCESS EXCLUSIVE
-- hazard: table-rewrite
ALTER DOMAIN "public"."codes" RENAME TO "codes_old";
CREATE DOMAIN "public"."codes" AS public.code[];
ALTER TABLE "public"."parts" ALTER COLUMN "codes" TYPE public.codes USING "codes"::text::public.codes;
DROP DOMAIN "public"."codes_old";
DROP DOMAIN "public"."code_old";
