-- expand: create table admins (safe)
-- lock: users SHARE UPDATE EXCLUSIVE
CREATE TABLE "public"."admins" (
  "level" integer NOT NULL,
  CONSTRAINT "admins_pkey" PRIMARY KEY ("id")
) INHERITS ("public"."users");
