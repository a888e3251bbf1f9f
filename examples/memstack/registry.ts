import { sql } from 'trueup'
import type { Migration } from 'trueup'

/** What the models alone cannot say: which columns are new and why, and what happens to the rows. Never change an entry once it ran. */
export function registry(dialect: 'postgres' | 'sqlite'): readonly Migration[] {
  return [
    { table: 'memories', column: 'task_id', type: 'VARCHAR', nullable: true, default: null, description: 'Task ID for SSE streaming' },
    { table: 'task_logs', column: 'progress', type: 'INTEGER', nullable: true, default: 0, description: 'Progress of the task in per cent' },
    { table: 'task_logs', column: 'result', type: 'TEXT', nullable: true, default: null, description: 'What the task gave, as JSON' },
    { table: 'task_logs', column: 'message', type: 'TEXT', nullable: true, default: null, description: 'The last message for the person who waits' },
    { id: 'memories-touch', description: 'Keep memories.updated_at by a trigger', touches: ['memories'], fresh: 'run', ...touch[dialect] },
    {
      id: 'finished-tasks',
      description: 'Tasks that were finished before there was a progress are at 100 per cent',
      dependsOn: ['task_logs.progress'],
      backfill: { table: 'task_logs', set: sql`progress = ${100}`, where: sql`status = 'done' AND progress = 0`, batchSize: 500 },
    },
  ]
}

/** Drizzle has no triggers: SQL of our own, with the way back. */
const touch = {
  postgres: {
    up: `
      CREATE FUNCTION memories_touch() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.updated_at := now();
        RETURN NEW;
      END $$;
      CREATE TRIGGER memories_touch BEFORE UPDATE ON memories FOR EACH ROW EXECUTE FUNCTION memories_touch();`,
    down: 'DROP TRIGGER memories_touch ON memories; DROP FUNCTION memories_touch();',
    check: `SELECT count(*) FROM pg_trigger WHERE tgname = 'memories_touch' AND NOT tgisinternal`,
  },
  sqlite: {
    up: `
      CREATE TRIGGER memories_touch AFTER UPDATE ON memories FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at BEGIN
        UPDATE memories SET updated_at = CURRENT_TIMESTAMP WHERE id = NEW.id;
      END`,
    down: 'DROP TRIGGER memories_touch',
    check: `SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name = 'memories_touch'`,
  },
} as const
