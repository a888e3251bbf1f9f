/** What a section's SQL may depend on. */
export interface CatalogueContext {
  /** `150020` for 15.20. */
  readonly version: number
  /** Array expressions over what is managed, each computed once for the whole statement. */
  readonly namespaces: string
  /** Tables, views, composite types: all relations that have columns. */
  readonly relations: string
  /** FROM items: their rows of `pg_index` and `pg_constraint`, read once. */
  readonly indexes: string
  readonly constraints: string
  readonly sequences: string
  readonly privileges: boolean
}

/** One query over the catalogues; its rows become a JSON array under the section's name. */
export type Section = (context: CatalogueContext) => string
