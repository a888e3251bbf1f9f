import type { RehearsalStyle } from '../rehearsal.ts'

/** SQLite tells the size of the file only, and its one lock is that of the whole database. */
export const rehearsal: RehearsalStyle = {
  identity: `SELECT json_quote((SELECT file FROM pragma_database_list WHERE name = 'main'))`,
  readOnly: { on: 'PRAGMA query_only=ON', off: 'PRAGMA query_only=OFF' },
  sizes: `SELECT json_array(json_object('schema', 'main', 'name', '', 'rows', 0, 'indexBytes', 0, 'bytes', (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)))`,
}
