import type { Enabled, NameRow, Oid } from './rows-base.ts'

/** The rows of the sections about the database as a whole. */
export interface ExtensionRow extends NameRow {
  readonly version: string
  readonly comment: string | null
}

export interface EventTriggerRow {
  readonly oid: Oid
  readonly name: string
  readonly event: string
  readonly enabled: Enabled
  readonly tags: readonly string[] | null
  readonly function: string
  readonly f: Oid
  readonly comment: string | null
}

export interface PublicationRow {
  readonly oid: Oid
  readonly name: string
  readonly all: boolean
  readonly insert: boolean
  readonly update: boolean
  readonly delete: boolean
  readonly truncate: boolean
  readonly root: boolean
  readonly generated: string | null
  readonly tables: readonly { readonly r: Oid; readonly schema: string; readonly name: string; readonly where?: string | null; readonly columns?: readonly string[] | null }[] | null
  readonly schemas: readonly string[]
  readonly comment: string | null
  readonly owner?: string
}

export interface SubscriptionRow {
  readonly name: string
  readonly enabled: boolean
  readonly slot: string | null
  readonly publications: readonly string[]
  readonly options: readonly string[]
  readonly readable: boolean
  readonly comment: string | null
  readonly owner?: string
}

export interface UserMappingRow {
  readonly user: string
  readonly server: string
  readonly options: readonly string[] | null
  readonly readable: boolean
}

export interface WrapperRow {
  readonly oid: Oid
  readonly name: string
  readonly handler: string | null
  readonly validator: string | null
  readonly options: readonly string[] | null
  readonly comment: string | null
  readonly owner?: string
  readonly acl?: readonly string[]
}

export interface ServerRow {
  readonly oid: Oid
  readonly name: string
  readonly type: string | null
  readonly version: string | null
  readonly options: readonly string[] | null
  readonly wrapper: string
  readonly comment: string | null
  readonly owner?: string
  readonly acl?: readonly string[]
}

export interface MemberRow extends NameRow {
  readonly extension: string
  readonly kind: string
}

export interface UnsupportedRow {
  readonly kind: string
  readonly schema: string | null
  readonly name: string
}

export interface DefaultPrivilegeRow {
  readonly role: string
  readonly schema: string | null
  readonly type: 'r' | 'S' | 'f' | 'T' | 'n' | 'L'
  readonly acl: readonly string[] | null
}
