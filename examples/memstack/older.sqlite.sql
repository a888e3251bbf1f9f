-- The database as the release before last left it: no entity_types, no memories.task_id, no progress, result and message of
-- tasks, no index over live memories.
CREATE TABLE tenants (
  id text PRIMARY KEY NOT NULL,
  slug text NOT NULL,
  name text NOT NULL,
  created_at text NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX tenants_slug_unique ON tenants (slug);

CREATE TABLE users (
  id text PRIMARY KEY NOT NULL,
  tenant_id text NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  email text NOT NULL,
  display_name text,
  created_at text NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT users_email_shape CHECK (email LIKE '%@%')
);
CREATE UNIQUE INDEX users_tenant_email ON users (tenant_id, email);

CREATE TABLE projects (
  id text PRIMARY KEY NOT NULL,
  tenant_id text NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  owner_id text REFERENCES users (id) ON DELETE SET NULL,
  name text NOT NULL,
  settings text NOT NULL DEFAULT '{}',
  created_at text NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX projects_tenant_name ON projects (tenant_id, name);

CREATE TABLE memories (
  id text PRIMARY KEY NOT NULL,
  project_id text NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  author_id text REFERENCES users (id) ON DELETE SET NULL,
  content text NOT NULL,
  importance integer NOT NULL DEFAULT 5,
  meta text NOT NULL DEFAULT '{}',
  created_at text NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at text NOT NULL DEFAULT CURRENT_TIMESTAMP,
  deleted_at text,
  CONSTRAINT memories_importance_range CHECK (importance BETWEEN 0 AND 10)
);

CREATE TABLE task_logs (
  id text PRIMARY KEY NOT NULL,
  task_id varchar NOT NULL,
  status text NOT NULL DEFAULT 'queued',
  created_at text NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT task_logs_status CHECK (status IN ('queued', 'running', 'done', 'failed'))
);
CREATE INDEX task_logs_task ON task_logs (task_id);

INSERT INTO tenants (id, slug, name) VALUES ('00000000-0000-4000-8000-000000000001', 'acme', 'Acme & Söhne');
INSERT INTO users (id, tenant_id, email, display_name)
  VALUES ('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001', 'ann@acme.example', 'Ann O''Reilly');
INSERT INTO projects (id, tenant_id, owner_id, name)
  VALUES ('00000000-0000-4000-8000-000000000003', '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002', 'Apollo');
INSERT INTO memories (id, project_id, author_id, content, importance)
  WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1200)
  SELECT lower(hex(randomblob(16))), '00000000-0000-4000-8000-000000000003', '00000000-0000-4000-8000-000000000002', 'Memory ' || n, n % 11 FROM numbers;
INSERT INTO task_logs (id, task_id, status)
  WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1500)
  SELECT lower(hex(randomblob(16))), 'task-' || n, CASE WHEN n % 3 = 0 THEN 'queued' ELSE 'done' END FROM numbers;
