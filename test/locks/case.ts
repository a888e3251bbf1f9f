import type { Kind } from '../../src/schema/schema.ts'

/** Two states between which a plan is made, there and back. Rows are put in so that a scan shows. */
export interface LockCase {
  readonly name: string
  readonly common?: string
  readonly from: string
  readonly to: string
  /** Filled into either state. */
  readonly rows?: string
  /** The oldest major version that can do it. */
  readonly since?: number
  /** True where only the server knows, so that the plan rests on its answer. */
  readonly asks?: true
  /** False where the way back loses what the rows hold. */
  readonly back?: false
  /** False where the planner, not the change, decides whether a table is read as a whole. */
  readonly scans?: false
  /** The plan is one of renaming this instead: `from` is all there is. */
  readonly rename?: { readonly kind: Kind; readonly name: string; readonly table?: string }
  /** True where rights are what changes. */
  readonly privileges?: true
}

/** The columns of the table that most cases are about. */
export const T = 'id integer PRIMARY KEY, a integer, b varchar(10), c text'

/** Its rows. */
export const ROWS = `INSERT INTO t (id, a, b, c) SELECT i, i, 'b' || i, 'c' || i FROM generate_series(1, 200) i`

/** A case with the table in both states. */
export const table = (name: string, before: string, after: string, more: Partial<LockCase> = {}): LockCase => ({ name, from: `CREATE TABLE t (${T}); ${before}`, to: `CREATE TABLE t (${T}); ${after}`, rows: ROWS, ...more })
