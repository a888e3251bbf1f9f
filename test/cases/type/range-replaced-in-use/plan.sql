-- expand: change options of range type span (incompatible, long)
-- lock: bookings ACCESS EXCLUSIVE
-- hazard: table-rewrite
ALTER TYPE "public"."span" RENAME TO "span_old";
ALTER TYPE "public"."span_multirange" RENAME TO "span_multirange_old";
ALTER FUNCTION "public"."span"(integer, integer) RENAME TO "span_old";
ALTER FUNCTION "public"."span"(integer, integer, text) RENAME TO "span_old";
ALTER FUNCTION "public"."span_multirange"() RENAME TO "span_multirange_old";
CREATE TYPE "public"."span" AS RANGE (subtype = bigint, multirange_type_name = public.span_multirange);
ALTER TABLE "public"."bookings" ALTER COLUMN "span" TYPE public.span USING "span"::text::public.span;
DROP TYPE "public"."span_old";
