-- expand: change comment of enum mood (safe)
COMMENT ON TYPE "public"."mood" IS 'How it is';

-- expand: change comment of table books (safe)
-- lock: books SHARE UPDATE EXCLUSIVE
COMMENT ON TABLE "public"."books" IS E'It''s new; "really" \\ so';

-- expand: change comment of column id of books (safe)
-- lock: books SHARE UPDATE EXCLUSIVE
COMMENT ON COLUMN "public"."books"."id" IS 'Number';

-- expand: change comment of column title of books (safe)
-- lock: books SHARE UPDATE EXCLUSIVE
COMMENT ON COLUMN "public"."books"."title" IS NULL;

-- expand: change comment of routine "one()" (safe)
COMMENT ON FUNCTION "public"."one"() IS 'Always';

-- expand: change comment, columns of view titles (safe)
-- lock: titles ACCESS EXCLUSIVE
COMMENT ON COLUMN "public"."titles"."title" IS 'As printed';

-- expand: change comment, columns of view titles (safe)
-- lock: titles SHARE UPDATE EXCLUSIVE
COMMENT ON VIEW "public"."titles" IS 'Only these';

-- constrain: change comment of constraint titled of books (safe)
COMMENT ON CONSTRAINT "titled" ON "public"."books" IS 'No blanks';

-- constrain: change comment of index books_title of books (safe)
COMMENT ON INDEX "public"."books_title" IS 'For the search';
