-- expand: change notNull, default, checks of domain email (blocking, long)
-- lock: users SHARE
-- hazard: table-scan
ALTER DOMAIN "public"."email" SET DEFAULT 'nobody@example.org'::text;
ALTER DOMAIN "public"."email" SET NOT NULL;
ALTER DOMAIN "public"."email" DROP CONSTRAINT "email_check";
ALTER DOMAIN "public"."email" ADD CONSTRAINT "email_check" CHECK ((VALUE ~~ '%@%.%'::text));
