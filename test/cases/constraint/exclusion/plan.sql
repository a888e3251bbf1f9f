-- constrain: add constraint stays_apart to stays (blocking, long)
-- lock: stays ACCESS EXCLUSIVE
-- hazard: table-scan
-- hazard: violating-rows
ALTER TABLE "public"."stays" ADD CONSTRAINT "stays_apart" EXCLUDE USING gist (room WITH =, during WITH &&);
