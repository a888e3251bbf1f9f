-- expand: add column task_id to memories (safe)
-- lock: memories ACCESS EXCLUSIVE
ALTER TABLE "public"."memories" ADD COLUMN "task_id" character varying(64);

-- expand: add column state to memories (safe)
-- lock: memories ACCESS EXCLUSIVE
ALTER TABLE "public"."memories" ADD COLUMN "state" text DEFAULT 'new'::text NOT NULL;
