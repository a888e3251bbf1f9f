-- expand: change type, increment, max, cache, cycle of sequence tickets (safe)
-- lock: tickets SHARE ROW EXCLUSIVE
ALTER SEQUENCE "public"."tickets" AS integer INCREMENT BY 10 MAXVALUE 1000000 CACHE 5 CYCLE;

-- expand: change ownedBy of sequence tickets (safe)
-- lock: tickets SHARE ROW EXCLUSIVE
ALTER SEQUENCE "public"."tickets" OWNED BY "public"."users"."id";
