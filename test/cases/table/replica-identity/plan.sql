-- expand: change replicaIdentity of table events (safe)
-- lock: events ACCESS EXCLUSIVE
ALTER TABLE "public"."events" REPLICA IDENTITY USING INDEX "events_code";

-- expand: change replicaIdentity of table logs (safe)
-- lock: logs ACCESS EXCLUSIVE
ALTER TABLE "public"."logs" REPLICA IDENTITY FULL;
