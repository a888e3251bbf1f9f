-- expand: create table people (safe)
CREATE TABLE "public"."people" (
  "id" integer NOT NULL,
  "team" integer,
  "boss" integer,
  CONSTRAINT "people_boss_fkey" FOREIGN KEY ("boss") REFERENCES "public"."people" ("id"),
  CONSTRAINT "people_pkey" PRIMARY KEY ("id")
);

-- expand: create table teams (safe)
CREATE TABLE "public"."teams" (
  "id" integer NOT NULL,
  "lead" integer,
  CONSTRAINT "teams_pkey" PRIMARY KEY ("id")
);

-- constrain: add constraint people_team_fkey to people (safe)
ALTER TABLE "public"."people" ADD CONSTRAINT "people_team_fkey" FOREIGN KEY ("team") REFERENCES "public"."teams" ("id");

-- constrain: add constraint teams_lead_fkey to teams (safe)
ALTER TABLE "public"."teams" ADD CONSTRAINT "teams_lead_fkey" FOREIGN KEY ("lead") REFERENCES "public"."people" ("id");
