/** What is read of TypeORM 1.x: its metadata by shape, so that nothing of it is imported. */
export interface DataSourceLike {
  readonly options: { readonly type: string; readonly schema?: string; readonly uuidExtension?: string; readonly installExtensions?: boolean }
  readonly entityMetadatas: readonly EntityLike[]
  readonly driver: DriverLike
  readonly namingStrategy: { primaryKeyName(table: string, columns: readonly string[]): string }
  readonly isInitialized: boolean
  /** Protected in TypeORM's types; opens no connection. */
  buildMetadatas?(): Promise<void>
}

export interface DriverLike {
  normalizeType(column: object): string
  createFullType(column: object): string
  getColumnLength(column: object): string
  readonly schema?: string
}

export interface EntityLike {
  readonly name: string
  readonly tableName: string
  readonly schema?: string
  readonly tableType: string
  readonly synchronize: boolean
  readonly comment?: string
  readonly expression?: string | ((source: DataSourceLike) => { getQuery(): string })
  readonly tableMetadataArgs?: { readonly materialized?: boolean; readonly withoutRowid?: boolean }
  readonly columns: readonly ColumnLike[]
  readonly uniques: readonly { readonly name: string; readonly givenName?: string; readonly columns: readonly ColumnLike[]; readonly deferrable?: string }[]
  readonly checks: readonly { readonly name: string; readonly givenName?: string; readonly expression: string }[]
  readonly exclusions: readonly { readonly name: string; readonly givenName?: string; readonly expression: string; readonly deferrable?: string }[]
  readonly indices: readonly IndexLike[]
  readonly foreignKeys: readonly ForeignKeyLike[]
  readonly primaryColumns: readonly ColumnLike[]
}

export interface ColumnLike {
  readonly databaseName: string
  readonly propertyPath: string
  readonly type: unknown
  readonly isPrimary: boolean
  readonly isNullable: boolean
  readonly isGenerated: boolean
  readonly isVirtualProperty?: boolean
  readonly isArray: boolean
  readonly generationStrategy?: string
  readonly generatedIdentity?: 'ALWAYS' | 'BY DEFAULT'
  readonly default?: unknown
  readonly precision?: number | null
  readonly scale?: number
  readonly width?: number
  readonly unsigned?: boolean
  readonly collation?: string
  readonly comment?: string
  readonly enum?: readonly (string | number)[]
  readonly enumName?: string
  readonly asExpression?: string
  readonly generatedType?: 'VIRTUAL' | 'STORED'
  readonly spatialFeatureType?: string
  readonly srid?: number
  readonly primaryKeyConstraintName?: string
}

export interface IndexLike {
  readonly name: string
  readonly givenName?: string
  readonly columns: readonly ColumnLike[]
  readonly isUnique: boolean
  readonly isSpatial: boolean
  readonly synchronize: boolean
  readonly where?: string
  readonly type?: string
}

export interface ForeignKeyLike {
  readonly name: string
  readonly givenName?: string
  readonly columnNames: readonly string[]
  readonly referencedColumnNames: readonly string[]
  readonly referencedEntityMetadata: EntityLike
  readonly onDelete?: string
  readonly onUpdate?: string
  readonly deferrable?: string
}
