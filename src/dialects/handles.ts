/**
 * Handles of ORMs and query builders, told apart by their shape and led back to what lies under them. None of them is
 * imported; what is used here is public in the versions that `docs/reference/drivers.md` names, unless it says otherwise.
 */

/** A Kysely instance. Its driver is private: statements go through it. */
export interface KyselyHandle {
  connection(): { execute<T>(work: (own: KyselyHandle) => Promise<T>): Promise<T> }
  getExecutor(): KyselyExecutor
}

interface KyselyExecutor {
  readonly adapter?: { readonly supportsMultipleConnections?: boolean; readonly supportsTransactionalDdl?: boolean }
  withoutPlugins(): { executeQuery(query: KyselyQuery): Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }> }
}

/** What `CompiledQuery.raw` makes. */
export interface KyselyQuery {
  readonly sql: string
  readonly parameters: readonly unknown[]
  readonly query: { readonly kind: 'RawNode'; readonly sqlFragments: readonly string[]; readonly parameters: readonly never[] }
  readonly queryId: { readonly queryId: string }
}

export interface KnexHandle {
  readonly client: {
    acquireConnection(): Promise<object>
    releaseConnection(connection: object): Promise<unknown>
    readonly config?: { readonly client?: unknown; readonly pool?: unknown }
    readonly connectionSettings?: Readonly<Record<string, unknown>>
  }
}

export interface TypeOrmHandle {
  createQueryRunner(): unknown
  readonly isInitialized?: boolean
  readonly options: Readonly<Record<string, unknown>>
  readonly driver: object
}

export interface SequelizeHandle {
  getDialect(): string
  readonly connectionManager: {
    getConnection(options: object): Promise<object>
    releaseConnection(connection: object): unknown
    destroyConnection(connection: object): Promise<unknown>
  }
  readonly config?: Readonly<Record<string, unknown>>
}

export interface PrismaHandle {
  readonly _engineConfig?: { readonly adapter?: PrismaAdapterFactory }
}

export interface PrismaAdapterFactory {
  connect(): Promise<PrismaAdapter>
  readonly adapterName?: string
}

export interface PrismaAdapter {
  underlyingDriver?(): object
  dispose?(): Promise<unknown> | void
  readonly client?: unknown
}

/** What `getConnection` of an entity manager of MikroORM gives. */
export interface MikroConnection {
  getNativeClient?(): Promise<object>
  getKnex?(): object
  getClient?(): object
}

/** A handle, by the tool that it is of. */
export type KnownHandle =
  | { readonly tool: 'Prisma'; readonly handle: PrismaHandle }
  | { readonly tool: 'Drizzle'; readonly client: unknown }
  | { readonly tool: 'Kysely'; readonly handle: KyselyHandle }
  | { readonly tool: 'Knex'; readonly handle: KnexHandle }
  | { readonly tool: 'TypeORM'; readonly handle: TypeOrmHandle }
  | { readonly tool: 'Sequelize'; readonly handle: SequelizeHandle }
  | { readonly tool: 'MikroORM'; readonly connection: () => MikroConnection }

/** Which tool a handle is of; `null` for a driver's own. */
export function recognise(value: unknown): KnownHandle | null {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return null
  const facts = value as Readonly<Record<string, unknown>>
  // First: a Prisma client answers to any name with a model that does not exist.
  if (has(facts, '$connect', '$transaction')) return { tool: 'Prisma', handle: value as PrismaHandle }
  if ('$client' in facts && facts['$client'] !== value) return { tool: 'Drizzle', client: facts['$client'] }
  if (has(facts, 'getExecutor', 'connection', 'selectFrom')) return { tool: 'Kysely', handle: value as unknown as KyselyHandle }
  if (has(facts['client'], 'acquireConnection', 'releaseConnection')) return { tool: 'Knex', handle: value as unknown as KnexHandle }
  if (has(facts, 'createQueryRunner') && isObject(facts['driver'])) return { tool: 'TypeORM', handle: value as unknown as TypeOrmHandle }
  if (has(facts, 'getDialect') && has(facts['connectionManager'], 'getConnection', 'releaseConnection')) return { tool: 'Sequelize', handle: value as unknown as SequelizeHandle }
  const manager = has(facts, 'getConnection', 'getDriver') ? facts : facts['em']
  if (has(manager, 'getConnection', 'getDriver')) return { tool: 'MikroORM', connection: () => (manager as unknown as { getConnection(): MikroConnection }).getConnection() }
  return null
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

function has(value: unknown, ...methods: readonly string[]): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  return methods.every((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === 'function')
}
