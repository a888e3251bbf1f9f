-- The database as the release before last left it: no entity_types, no memories.task_id, no progress, result and message of
-- tasks, no check of the importance, no index over live memories.
CREATE TYPE task_status AS ENUM ('queued', 'running', 'done', 'failed');

CREATE TABLE tenants (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  slug text NOT NULL CONSTRAINT tenants_slug_unique UNIQUE,
  name text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now()
);

CREATE TABLE users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL CONSTRAINT users_tenant_id_tenants_id_fk REFERENCES tenants (id) ON DELETE CASCADE,
  email varchar(320) NOT NULL,
  display_name text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT users_tenant_email UNIQUE (tenant_id, email),
  CONSTRAINT users_email_shape CHECK (email LIKE '%@%')
);

CREATE TABLE projects (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL CONSTRAINT projects_tenant_id_tenants_id_fk REFERENCES tenants (id) ON DELETE CASCADE,
  owner_id uuid CONSTRAINT projects_owner_id_users_id_fk REFERENCES users (id) ON DELETE SET NULL,
  name text NOT NULL,
  settings jsonb NOT NULL DEFAULT '{}',
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT projects_tenant_name UNIQUE (tenant_id, name)
);

CREATE TABLE memories (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id uuid NOT NULL CONSTRAINT memories_project_id_projects_id_fk REFERENCES projects (id) ON DELETE CASCADE,
  author_id uuid CONSTRAINT memories_author_id_users_id_fk REFERENCES users (id) ON DELETE SET NULL,
  content text NOT NULL,
  importance integer NOT NULL DEFAULT 5,
  meta jsonb NOT NULL DEFAULT '{}',
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  deleted_at timestamp with time zone
);

CREATE TABLE task_logs (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  task_id varchar NOT NULL,
  status task_status NOT NULL DEFAULT 'queued',
  created_at timestamp with time zone NOT NULL DEFAULT now()
);
CREATE INDEX task_logs_task ON task_logs (task_id);

INSERT INTO tenants (id, slug, name) VALUES ('00000000-0000-4000-8000-000000000001', 'acme', 'Acme & Söhne');
INSERT INTO users (id, tenant_id, email, display_name)
  VALUES ('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001', 'ann@acme.example', 'Ann O''Reilly');
INSERT INTO projects (id, tenant_id, owner_id, name)
  VALUES ('00000000-0000-4000-8000-000000000003', '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002', 'Apollo');
INSERT INTO memories (project_id, author_id, content, importance)
  SELECT '00000000-0000-4000-8000-000000000003', '00000000-0000-4000-8000-000000000002', 'Memory ' || n, n % 11 FROM generate_series(1, 1200) AS n;
INSERT INTO task_logs (task_id, status)
  SELECT 'task-' || n, CASE WHEN n % 3 = 0 THEN 'queued' ELSE 'done' END::task_status FROM generate_series(1, 1500) AS n;
