/** What is read of Sequelize 6, by shape, so that nothing of it is imported. */
export interface SequelizeLike {
  getDialect(): string
  readonly modelManager: { readonly models: readonly ModelLike[] }
  getQueryInterface(): { readonly queryGenerator: GeneratorLike }
  normalizeAttribute?(attribute: object): AttributeLike
}

export interface GeneratorLike {
  escape(value: unknown, attribute?: object): string
  whereQuery(where: object): string
  handleSequelizeMethod(value: object): string
}

export interface ModelLike {
  readonly name: string
  readonly tableName: string
  readonly _schema?: string | null
  readonly options: { readonly comment?: string }
  readonly tableAttributes?: Readonly<Record<string, AttributeLike>>
  readonly rawAttributes: Readonly<Record<string, AttributeLike>>
  readonly uniqueKeys?: Readonly<Record<string, { readonly fields: readonly string[] }>>
  readonly _indexes?: readonly IndexLike[]
}

export interface TypeLike {
  readonly key?: string
  /** Of an array: the type of its elements. */
  readonly type?: TypeLike
  readonly values?: readonly string[]
  toSql?(): string
}

export interface AttributeLike {
  readonly field?: string
  readonly type: TypeLike
  readonly values?: readonly string[]
  readonly allowNull?: boolean
  readonly primaryKey?: boolean
  readonly autoIncrement?: boolean
  readonly autoIncrementIdentity?: boolean
  readonly defaultValue?: unknown
  readonly comment?: string
  readonly references?: { readonly model: string | { readonly tableName: string; readonly schema?: string }; readonly key?: string; readonly deferrable?: object }
  readonly onDelete?: string
  readonly onUpdate?: string
}

export interface IndexLike {
  readonly name?: string
  readonly fields: readonly (string | IndexFieldLike)[]
  readonly unique?: boolean
  readonly using?: string
  readonly operator?: string
  readonly where?: object
}

export interface IndexFieldLike {
  readonly name?: string
  readonly attribute?: string
  readonly order?: string
  readonly collate?: string
  readonly operator?: string
}
