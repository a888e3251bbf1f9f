-- expand: change identity of column id of users (safe)
-- lock: users ACCESS EXCLUSIVE
-- lock: users_id_seq SHARE ROW EXCLUSIVE
ALTER TABLE "public"."users" ALTER COLUMN "id" SET GENERATED ALWAYS SET INCREMENT BY 5 SET START WITH 100;
