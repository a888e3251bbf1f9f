/** The kinds of models that a configuration can be written for. */
export const MODEL_KINDS = ['drizzle', 'prisma', 'typeorm', 'mikro-orm', 'sequelize', 'sql'] as const
export type ModelKind = (typeof MODEL_KINDS)[number]

/** What a database speaks; those beside the first two are known, and cannot be brought into line. */
export type Language = 'postgres' | 'sqlite' | 'mysql' | 'mssql' | 'mongodb' | 'cockroachdb' | 'oracle'

/** An import of the configuration that is written. */
export interface Import {
  /** `{ a, b }`, `* as a`, or `a` for a default. An empty text imports for the effect alone. */
  readonly what: string
  readonly from: string
  /** True where `from` is a file of the project, below its folder. */
  readonly file?: boolean
}

/** A piece of the configuration that is written: an expression and what it needs before it. */
export interface Written {
  readonly imports: readonly Import[]
  readonly before: readonly string[]
  readonly expression: string
}

/** Where the project takes its database from. */
export type Place =
  /** An environment variable that holds a URL; for SQLite a path may stand there, too. */
  | { readonly kind: 'variable'; readonly name: string; readonly otherwise?: string }
  /** A path, relative to the project, or a URL without credentials. */
  | { readonly kind: 'literal'; readonly target: string }
  /** What the ORM itself connects with: an object, and the expression of each part of the connection. */
  | { readonly kind: 'parts'; readonly of: string; readonly type: string | null; readonly parts: Readonly<Partial<Record<Part, string>>> }
  /** An expression that gives a path. */
  | { readonly kind: 'path'; readonly expression: string }

/** As `pg` calls the parts of a connection. */
export type Part = 'connectionString' | 'host' | 'port' | 'user' | 'password' | 'database'

/** One source of models that was found. */
export interface ModelFinding {
  readonly kind: ModelKind
  /** `Drizzle`. */
  readonly title: string
  /** 0: only a dependency; 1: a configuration, too; 2: models themselves. */
  readonly strength: 0 | 1 | 2
  /** The files that tell. */
  readonly files: readonly string[]
  readonly language: Language | null
  readonly place: Place | null
  /** `null` where models are needed that were not found; `notes` say which. */
  readonly models: Written | null
  /** What a reader should know or do, one sentence each. */
  readonly notes: readonly string[]
  /** Packages without which the models cannot be read. */
  readonly needs: readonly string[]
}

/** Languages by the names that ORMs give them in `dialect`, `provider`, `type` and `client`. */
const LANGUAGES: Readonly<Record<string, Language>> = {
  postgresql: 'postgres', postgres: 'postgres', pg: 'postgres', 'pg-native': 'postgres', 'aurora-postgres': 'postgres', gel: 'postgres',
  sqlite: 'sqlite', sqlite3: 'sqlite', 'better-sqlite3': 'sqlite', turso: 'sqlite', libsql: 'sqlite', sqljs: 'sqlite', 'd1-http': 'sqlite', 'node:sqlite': 'sqlite',
  mysql: 'mysql', mysql2: 'mysql', mariadb: 'mysql', singlestore: 'mysql', 'aurora-mysql': 'mysql', mssql: 'mssql', sqlserver: 'mssql', mongodb: 'mongodb', mongo: 'mongodb',
  cockroachdb: 'cockroachdb', cockroach: 'cockroachdb', oracle: 'oracle', oracledb: 'oracle',
}

export const languageNamed = (name: string | null): Language | null => (name === null ? null : (LANGUAGES[name] ?? null))

/** The place that a literal names: never one with a password in it. */
export function literalPlace(target: string | null, language: Language | null): Place | null {
  if (target === null || target === '') return null
  if (/^[a-z][\w+.-]*:\/\//i.test(target) && !/^file:/i.test(target)) {
    if (language !== 'postgres' || !/^postgres(ql)?:\/\/[^:@/]*(@|:\d+\/|\/)/i.test(target) || /[?&]password=/i.test(target)) return null
    return { kind: 'variable', name: 'DATABASE_URL', otherwise: target }
  }
  return language === 'sqlite' ? { kind: 'literal', target } : null
}
