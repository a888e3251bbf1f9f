-- expand: rename index old_name of jobs to new_name (safe)
ALTER INDEX "public"."old_name" RENAME TO "new_name";
