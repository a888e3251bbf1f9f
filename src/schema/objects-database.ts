/** What the objects of a database as a whole say of themselves, beside comment, owner and grants. */

export interface EventTriggerParts {
  readonly name: string
  readonly definition: string
  readonly enabled: 'origin' | 'disabled' | 'replica' | 'always'
}

export interface PublicationTable {
  readonly schema: string
  readonly name: string
  /** The published columns; `null` for all. */
  readonly columns?: readonly string[] | null
  /** The row filter in the server's words; `null` for all rows. */
  readonly where?: string | null
}

export interface PublicationParts {
  readonly name: string
  readonly allTables: boolean
  readonly tables: readonly PublicationTable[]
  readonly schemas: readonly string[]
  /** `insert`, `update`, `delete`, `truncate`, in this order. */
  readonly publish: readonly string[]
  readonly viaRoot: boolean
  /** `stored` where generated columns are published (version 18). */
  readonly generated?: 'none' | 'stored'
}

/** The receiving end of a replication. One whose connection holds a password is not described, but named. */
export interface SubscriptionParts {
  readonly name: string
  readonly connection: string
  readonly publications: readonly string[]
  readonly enabled: boolean
  /** The replication slot on the publisher; `null` for none. */
  readonly slot: string | null
  /** `key=value`, sorted; those that the server has by itself are left out. */
  readonly options: readonly string[]
}

export interface WrapperParts {
  readonly name: string
  readonly handler: string | null
  readonly validator: string | null
  /** `key=value`, sorted. */
  readonly options: readonly string[]
}

export interface ForeignServerParts {
  readonly name: string
  readonly wrapper: string
  readonly type: string | null
  readonly version: string | null
  /** `key=value`, sorted. */
  readonly options: readonly string[]
}

/** Who a role is on a foreign server. One whose options hold a secret is not described, but named. */
export interface UserMappingParts {
  /** `role on server`. */
  readonly name: string
  /** `public` for everybody. */
  readonly user: string
  readonly server: string
  /** `key=value`, sorted. */
  readonly options: readonly string[]
}
