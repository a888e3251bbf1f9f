-- expand: change statistics of column age of users (safe)
-- lock: users SHARE UPDATE EXCLUSIVE
ALTER TABLE ONLY "public"."users" ALTER COLUMN "age" SET STATISTICS 200;

-- constrain: drop statistics users_age (safe)
-- lock: users SHARE UPDATE EXCLUSIVE
DROP STATISTICS "public"."users_age";

-- constrain: create statistics users_age (safe)
-- lock: users SHARE UPDATE EXCLUSIVE
CREATE STATISTICS public.users_age (dependencies, mcv) ON name, age FROM public.users;
ALTER STATISTICS "public"."users_age" SET STATISTICS 500;

-- constrain: create statistics users_mail (safe)
-- lock: users SHARE UPDATE EXCLUSIVE
CREATE STATISTICS public.users_mail (ndistinct) ON name, email FROM public.users;
