-- expand: change version, options of foreign server far (incompatible)
ALTER SERVER "far" VERSION '2' OPTIONS (DROP "port", SET "host" 'b', ADD "timeout" '5');

-- expand: change foreignOptions of column id of copies (safe)
-- lock: copies SHARE UPDATE EXCLUSIVE
ALTER FOREIGN TABLE "public"."copies" ALTER COLUMN "id" OPTIONS (SET "column_name" 'id');
