-- constrain: add constraint posts_author_fkey to posts (safe)
-- lock: users SHARE ROW EXCLUSIVE
-- lock: posts SHARE ROW EXCLUSIVE
ALTER TABLE "public"."posts" ADD CONSTRAINT "posts_author_fkey" FOREIGN KEY ("author") REFERENCES "public"."users" ("id") ON DELETE CASCADE NOT VALID;

-- constrain: add constraint posts_author_fkey to posts: check the rows (online, long)
-- lock: posts SHARE UPDATE EXCLUSIVE
-- lock: users ROW SHARE
-- hazard: violating-rows
ALTER TABLE "public"."posts" VALIDATE CONSTRAINT "posts_author_fkey";
