import Libsql from 'libsql'
import { trueup } from 'trueup'
import { fromSql } from 'trueup/models/sql'
import { sqlite } from 'trueup/sqlite'

/** What every example here serves: notes in a SQLite file. */
const client = new Libsql(process.env['NOTES'] ?? 'notes.db')

/** Brings the file into line: what a service has in its trueup.config.ts. */
export const schema = trueup({
  application: 'notes',
  database: sqlite(client),
  models: fromSql('CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0);'),
})

export const add = (body: string): void => void client.prepare('INSERT INTO notes (body) VALUES (?)').run(body)
export const all = (): unknown[] => client.prepare('SELECT id, body, done FROM notes ORDER BY id').all()
