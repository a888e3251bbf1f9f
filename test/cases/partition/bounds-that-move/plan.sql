-- expand: change partitionOf of table events_a (safe)
-- lock: events ACCESS EXCLUSIVE
-- lock: events_a ACCESS EXCLUSIVE
ALTER TABLE "public"."events" DETACH PARTITION "public"."events_a";

-- expand: change partitionOf of table events_b (safe)
-- lock: events ACCESS EXCLUSIVE
-- lock: events_b ACCESS EXCLUSIVE
ALTER TABLE "public"."events" DETACH PARTITION "public"."events_b";

-- expand: prove that events_a holds only rows of its bounds (safe)
-- lock: events_a ACCESS EXCLUSIVE
ALTER TABLE "public"."events_a" ADD CONSTRAINT "events_a_events_a_bound" CHECK ("at" IS NOT NULL AND "at" >= '2026-01-01' AND "at" < '2026-10-01') NOT VALID;

-- expand: prove that events_a holds only rows of its bounds: check the rows (online, long)
-- lock: events_a SHARE UPDATE EXCLUSIVE
ALTER TABLE "public"."events_a" VALIDATE CONSTRAINT "events_a_events_a_bound";

-- expand: change partitionOf of table events_a (safe)
-- lock: events SHARE UPDATE EXCLUSIVE
-- lock: events_a ACCESS EXCLUSIVE
ALTER TABLE "public"."events" ATTACH PARTITION "public"."events_a" FOR VALUES FROM ('2026-01-01') TO ('2026-10-01');
ALTER TABLE "public"."events_a" DROP CONSTRAINT "events_a_events_a_bound";

-- expand: prove that events_b holds only rows of its bounds (safe)
-- lock: events_b ACCESS EXCLUSIVE
ALTER TABLE "public"."events_b" ADD CONSTRAINT "events_b_events_b_bound" CHECK ("at" IS NOT NULL AND "at" >= '2026-10-01' AND "at" < '2027-01-01') NOT VALID;

-- expand: prove that events_b holds only rows of its bounds: check the rows (online, long)
-- lock: events_b SHARE UPDATE EXCLUSIVE
ALTER TABLE "public"."events_b" VALIDATE CONSTRAINT "events_b_events_b_bound";

-- expand: change partitionOf of table events_b (safe)
-- lock: events SHARE UPDATE EXCLUSIVE
-- lock: events_b ACCESS EXCLUSIVE
ALTER TABLE "public"."events" ATTACH PARTITION "public"."events_b" FOR VALUES FROM ('2026-10-01') TO ('2027-01-01');
ALTER TABLE "public"."events_b" DROP CONSTRAINT "events_b_events_b_bound";
