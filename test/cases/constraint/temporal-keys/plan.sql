-- constrain: add constraint rooms_pkey to rooms (blocking, long)
-- lock: rooms ACCESS EXCLUSIVE
-- hazard: table-scan
-- hazard: violating-rows
ALTER TABLE "public"."rooms" ADD CONSTRAINT "rooms_pkey" PRIMARY KEY ("id", "free" WITHOUT OVERLAPS);

-- constrain: add constraint stays_room_days_fkey to stays (safe)
-- lock: rooms SHARE ROW EXCLUSIVE
-- lock: stays SHARE ROW EXCLUSIVE
ALTER TABLE "public"."stays" ADD CONSTRAINT "stays_room_days_fkey" FOREIGN KEY ("room", PERIOD "days") REFERENCES "public"."rooms" ("id", PERIOD "free") NOT VALID;

-- constrain: add constraint stays_room_days_fkey to stays: check the rows (online, long)
-- lock: stays SHARE UPDATE EXCLUSIVE
-- lock: rooms ROW SHARE
-- hazard: violating-rows
ALTER TABLE "public"."stays" VALIDATE CONSTRAINT "stays_room_days_fkey";

-- constrain: add constraint stays_room_days_key to stays (blocking, long)
-- lock: stays ACCESS EXCLUSIVE
-- hazard: table-scan
-- hazard: violating-rows
ALTER TABLE "public"."stays" ADD CONSTRAINT "stays_room_days_key" UNIQUE ("room", "days" WITHOUT OVERLAPS);
