/** What is read of MikroORM 7: the schema that its own generator aims at, by shape, so that nothing of it is imported. */
export interface MikroOrmLike {
  readonly schema: { getTargetSchema(schema?: string): TargetSchema }
  readonly config: { get(key: 'schema'): string | undefined; get(key: 'schemaGenerator'): { readonly createForeignKeyConstraints?: boolean } }
  readonly driver?: { getPlatform(): PlatformLike }
}

export interface PlatformLike {
  readonly constructor: { readonly name: string }
  getIndexName(table: string, columns: readonly string[], type: 'index' | 'unique' | 'foreign' | 'primary'): string
  getJsonIndexDefinition(index: object): readonly string[]
}

export interface TargetSchema {
  getTables(): readonly TargetTable[]
  getViews(): readonly { readonly name: string; readonly schema?: string; readonly definition: string; readonly materialized?: boolean; readonly withData?: boolean; readonly indexes?: readonly TargetIndex[] }[]
  getRoutines(): readonly { readonly name: string }[]
  getNativeEnums(): Readonly<Record<string, { readonly name: string; readonly schema?: string; readonly items: readonly string[] }>>
}

export interface TargetTable {
  readonly name: string
  readonly schema?: string
  readonly comment?: string
  readonly rlsEnabled?: boolean
  readonly rlsForced?: boolean
  getColumns(): readonly TargetColumn[]
  getIndexes(): readonly TargetIndex[]
  getChecks(): readonly { readonly name: string; readonly expression: unknown }[]
  getForeignKeys(): Readonly<Record<string, TargetForeignKey>>
  getTriggers?(): readonly { readonly name: string }[]
  getPartitioning?(): unknown
  getPolicies?(): readonly TargetPolicy[]
}

export interface TargetColumn {
  readonly name: string
  readonly type: string
  readonly mappedType: { getColumnType(options: object, platform: object): string }
  readonly autoincrement?: boolean
  readonly nullable?: boolean
  readonly default?: string | null
  readonly comment?: string
  readonly collation?: string
  readonly generated?: string
  readonly nativeEnumName?: string
  readonly primary?: boolean
}

export interface TargetIndex {
  readonly columnNames: readonly string[]
  readonly keyName: string
  readonly unique: boolean
  readonly constraint: boolean
  readonly primary: boolean
  readonly expression?: string
  readonly where?: string
  readonly type?: string | { readonly indexType?: string }
  readonly deferMode?: string
  readonly columns?: readonly { readonly name: string; readonly sort?: string; readonly nulls?: string; readonly collation?: string }[]
  readonly include?: readonly string[]
  readonly fillFactor?: number
}

export interface TargetForeignKey {
  readonly columnNames: readonly string[]
  readonly constraintName: string
  readonly referencedTableName: string
  readonly referencedColumnNames: readonly string[]
  readonly updateRule?: string
  readonly deleteRule?: string
  readonly deferMode?: string
}

export interface TargetPolicy {
  readonly name: string
  readonly command: 'select' | 'insert' | 'update' | 'delete' | 'all'
  readonly type: 'permissive' | 'restrictive'
  readonly roles: readonly string[]
  readonly using?: string
  readonly check?: string
}
