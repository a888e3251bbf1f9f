-- expand: change unlogged, parameters, replicaIdentity of table users (blocking, long)
-- lock: users ACCESS EXCLUSIVE
-- hazard: table-rewrite
ALTER TABLE "public"."users" SET UNLOGGED;
ALTER TABLE "public"."users" REPLICA IDENTITY FULL;

-- expand: change unlogged, parameters, replicaIdentity of table users (safe)
-- lock: users SHARE UPDATE EXCLUSIVE
ALTER TABLE "public"."users" SET ("fillfactor" = '80');

-- expand: change storage of column email of users (safe)
-- lock: users ACCESS EXCLUSIVE
ALTER TABLE "public"."users" ALTER COLUMN "email" SET STORAGE external;
