-- expand: add column height to cities (safe)
-- lock: cities ACCESS EXCLUSIVE
-- lock: capitals ACCESS EXCLUSIVE
ALTER TABLE "public"."cities" ADD COLUMN "height" integer DEFAULT 0;

-- expand: add column height to villages (safe)
-- lock: villages ACCESS EXCLUSIVE
ALTER TABLE "public"."villages" ADD COLUMN "height" integer DEFAULT 0;

-- expand: change inherits of table villages (safe)
-- lock: cities SHARE UPDATE EXCLUSIVE
-- lock: villages ACCESS EXCLUSIVE
ALTER TABLE "public"."villages" INHERIT "public"."cities";
