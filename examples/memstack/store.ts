import type { Database, ModelSource } from 'trueup'

/** What the routes need of a database; one implementation for each kind. */
export interface Store {
  addMemory(memory: { readonly projectId: string; readonly content: string; readonly importance?: number; readonly taskId?: string }): Promise<unknown>
  memoriesOf(taskId: string): Promise<readonly unknown[]>
  addTask(taskId: string): Promise<{ readonly id: string }>
  task(id: string): Promise<unknown>
  report(id: string, report: { readonly progress: number; readonly message?: string; readonly result?: unknown }): Promise<unknown>
  /** How many finished tasks there are at a progress, for the demonstration. */
  finishedAt(progress: number): Promise<number>
}

/** A database that is open, with all that the application does with it. */
export interface Opened {
  readonly database: Database
  readonly models: ModelSource
  readonly store: Store
  /** Loads the older database when nothing is there yet; tells whether it did. */
  loadOlder(): Promise<boolean>
  close(): Promise<void>
}

/** Where the database is: a server's URL, or a folder for an embedded one. */
export interface Place {
  readonly url?: string | undefined
  readonly folder: string
  readonly sqlite: boolean
}
