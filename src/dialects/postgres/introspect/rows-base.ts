/** Oids are texts: they are keys here, never numbers. */
export type Oid = string

export type Enabled = 'O' | 'D' | 'R' | 'A'

export interface NameRow {
  readonly oid: Oid
  readonly schema: string
  readonly name: string
}
