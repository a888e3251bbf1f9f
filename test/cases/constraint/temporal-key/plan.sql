-- constrain: change notNull of column id of rooms (safe)
-- lock: rooms ACCESS EXCLUSIVE
ALTER TABLE "public"."rooms" ADD CONSTRAINT "rooms_id_not_null" NOT NULL "id" NOT VALID;

-- constrain: change notNull of column id of rooms: check the rows (online, long)
-- lock: rooms SHARE UPDATE EXCLUSIVE
-- hazard: violating-rows
ALTER TABLE "public"."rooms" VALIDATE CONSTRAINT "rooms_id_not_null";

-- constrain: change notNull of column during of rooms (safe)
-- lock: rooms ACCESS EXCLUSIVE
ALTER TABLE "public"."rooms" ADD CONSTRAINT "rooms_during_not_null" NOT NULL "during" NOT VALID;

-- constrain: change notNull of column during of rooms: check the rows (online, long)
-- lock: rooms SHARE UPDATE EXCLUSIVE
-- hazard: violating-rows
ALTER TABLE "public"."rooms" VALIDATE CONSTRAINT "rooms_during_not_null";

-- constrain: add constraint rooms_key to rooms (blocking, long)
-- lock: rooms ACCESS EXCLUSIVE
-- hazard: table-scan
-- hazard: violating-rows
ALTER TABLE "public"."rooms" ADD CONSTRAINT "rooms_key" PRIMARY KEY ("id", "during" WITHOUT OVERLAPS);

-- constrain: add constraint stays_room to stays (safe)
-- lock: rooms SHARE ROW EXCLUSIVE
-- lock: stays SHARE ROW EXCLUSIVE
ALTER TABLE "public"."stays" ADD CONSTRAINT "stays_room" FOREIGN KEY ("room", PERIOD "during") REFERENCES "public"."rooms" ("id", PERIOD "during") NOT VALID;

-- constrain: add constraint stays_room to stays: check the rows (online, long)
-- lock: stays SHARE UPDATE EXCLUSIVE
-- lock: rooms ROW SHARE
-- hazard: violating-rows
ALTER TABLE "public"."stays" VALIDATE CONSTRAINT "stays_room";
