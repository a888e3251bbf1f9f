-- expand: create enum role (safe)
CREATE TYPE "public"."role" AS ENUM ('admin', 'member');

-- expand: create table "Team \"A\"" (safe)
CREATE TABLE "public"."Team ""A""" (
  "Id" bigint NOT NULL GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME "Team ""A""_Id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1 NO CYCLE),
  "role" public.role DEFAULT 'member'::public.role NOT NULL,
  "name" text NOT NULL,
  "total" numeric(10,2) DEFAULT 0,
  CONSTRAINT "Team ""A""_name_check" CHECK ((name <> ''::text)),
  CONSTRAINT "Team ""A""_pkey" PRIMARY KEY ("Id")
);
CREATE UNIQUE INDEX "Team name" ON "public"."Team ""A""" USING "btree" ((lower(name)));
ALTER TABLE "public"."Team ""A""" ENABLE ROW LEVEL SECURITY;
COMMENT ON TABLE "public"."Team ""A""" IS 'It''s a team';

-- constrain: add policy own to "Team \"A\"" (safe)
CREATE POLICY "own" ON "public"."Team ""A""" FOR SELECT TO PUBLIC USING ((role = 'member'::public.role));
