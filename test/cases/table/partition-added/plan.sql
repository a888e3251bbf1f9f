-- expand: create table events_2026 (safe)
-- lock: events SHARE UPDATE EXCLUSIVE
CREATE TABLE "public"."events_2026" (
  "id" integer,
  "at" date NOT NULL
);
CREATE INDEX "events_2026_at_idx" ON "public"."events_2026" USING "btree" ("at");
ALTER TABLE "public"."events" ATTACH PARTITION "public"."events_2026" FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
