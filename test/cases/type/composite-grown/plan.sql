-- expand: change comment, attributes of composite type point_of (incompatible)
ALTER TYPE "public"."point_of" ADD ATTRIBUTE "z" integer;
COMMENT ON TYPE "public"."point_of" IS 'where';
