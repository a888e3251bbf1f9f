-- constrain: add index jobs_due_idx to jobs (online, long, alone)
-- lock: jobs SHARE UPDATE EXCLUSIVE
CREATE INDEX CONCURRENTLY "jobs_due_idx" ON "public"."jobs" USING "btree" ("due" DESC, (lower(state))) WHERE (state <> 'done'::text);
