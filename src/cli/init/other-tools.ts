import type { Project } from './project.ts'
import { asRecord } from '../jsonc.ts'

/** Another migration tool, as the project's files show it. */
export interface OtherTool {
  readonly title: string
  /** What shows it: a folder of migrations, a configuration, or a dependency. */
  readonly where: string
  /** How many migrations lie there. */
  readonly migrations: number
  /** Scripts of package.json that run it. */
  readonly scripts: readonly string[]
}

interface Known {
  readonly title: string
  readonly packages?: readonly string[]
  /** Files that show the tool. */
  readonly shows?: RegExp
  /** Code that shows the tool. */
  readonly code?: RegExp
  /** Its migrations. */
  readonly migrations: RegExp
  /** How scripts call it. */
  readonly command: RegExp
}

const KNOWN: readonly Known[] = [
  { title: 'Prisma Migrate', shows: /(^|\/)migrations\/migration_lock\.toml$/, migrations: /(^|\/)prisma\/(?:.*\/)?migrations\/[^/]+\/migration\.sql$/, command: /prisma\s+(migrate|db\s+push)/ },
  { title: 'drizzle-kit', shows: /(^|\/)meta\/_journal\.json$/, migrations: /(^|\/)(drizzle|migrations)\/(?:[^/]+\/)?(?:\d{4,}_\w+|migration)\.sql$/, command: /drizzle-kit\s+(push|migrate|up)/ },
  { title: 'Knex', shows: /(^|\/)knexfile\.[cm]?[jt]s$/, migrations: /(^|\/)migrations\/\d{8,}_[^/]+\.[cm]?[jt]s$/, command: /knex\b.*migrate/ },
  { title: 'Kysely', shows: /(^|\/)kysely\.config\.[cm]?[jt]s$/, code: /\b(?:FileMigrationProvider|new\s+Migrator)\b/, migrations: /(^|\/)migrations\/[^/]+\.[cm]?[jt]s$/, command: /kysely\s+migrate/ },
  { title: 'TypeORM', code: /\bimplements\s+MigrationInterface\b|\bmigrations\s*:\s*\[\s*['"\w]/, packages: ['typeorm'], migrations: /(^|\/)migrations?\/\d{10,}-[^/]+\.[cm]?[jt]s$/, command: /typeorm\b.*(migration:run|schema:sync)/ },
  { title: 'node-pg-migrate', packages: ['node-pg-migrate'], migrations: /(^|\/)migrations\/\d+[_-][^/]+\.(?:sql|[cm]?[jt]s)$/, command: /node-pg-migrate/ },
  { title: 'Umzug (Sequelize)', packages: ['umzug', 'sequelize-cli'], shows: /(^|\/)\.sequelizerc$/, migrations: /(^|\/)migrations\/[^/]+\.[cm]?[jt]s$/, command: /sequelize(-cli)?\s+db:migrate|umzug/ },
  { title: 'MikroORM', packages: ['@mikro-orm/migrations'], migrations: /(^|\/)migrations\/Migration\d+\w*\.[cm]?[jt]s$/, command: /mikro-orm(-esm)?\s+(migration:up|schema:update)/ },
  { title: 'Alembic', shows: /(^|\/)alembic\.ini$/, migrations: /(^|\/)versions\/[^/]+\.py$/, command: /alembic\s+upgrade/ },
  { title: 'Flyway', shows: /(^|\/)flyway\.(conf|toml)$/, migrations: /(^|\/)V\d[\w.]*__[^/]+\.sql$/, command: /flyway\s+migrate/ },
  { title: 'Liquibase', shows: /(^|\/)liquibase\.properties$/, migrations: /(^|\/)[^/]*changelog[^/]*\.(xml|ya?ml|sql|json)$/, command: /liquibase\s+update/ },
  { title: 'dbmate', packages: ['dbmate'], migrations: /(^|\/)db\/migrations\/\d{14}_[^/]+\.sql$/, command: /dbmate\s+(up|migrate)/ },
  { title: 'Atlas', shows: /(^|\/)atlas\.hcl$/, migrations: /(^|\/)migrations\/\d{14}_[^/]+\.sql$/, command: /atlas\s+(migrate|schema)\s+apply/ },
  { title: 'pgroll', packages: ['pgroll'], migrations: /(^|\/)migrations\/[^/]+\.(json|ya?ml)$/, command: /pgroll\s+(start|migrate)/ },
]

/** Finds the tools that change the database of this project today. */
export function findOtherTools(project: Project): readonly OtherTool[] {
  const scripts = Object.entries(asRecord(project.manifest?.['scripts']) ?? {}).map(([name, command]) => [name, String(command)] as const)
  const code = project.files.filter((file) => /\.[cm]?[jt]s$/.test(file))
  return KNOWN.flatMap((tool): readonly OtherTool[] => {
    const shown = tool.shows === undefined ? undefined : project.files.find((file) => tool.shows?.test(file))
    const called = scripts.filter(([, command]) => tool.command.test(command)).map(([name]) => name)
    const depends = (tool.packages ?? []).find((name) => project.dependencies.has(name))
    const written = tool.code !== undefined && (tool.packages === undefined || depends !== undefined) ? code.find((file) => tool.code?.test(project.code(file))) : undefined
    const certain = shown !== undefined || called.length > 0 || written !== undefined || (tool.code === undefined && depends !== undefined)
    if (!certain) return []
    const migrations = project.files.filter((file) => tool.migrations.test(file))
    const [first] = migrations
    const where = first !== undefined ? folderOf(first) : (shown ?? written ?? (depends === undefined ? 'package.json' : `package.json (${depends})`))
    return [{ title: tool.title, where, migrations: migrations.length, scripts: called }]
  })
}

/** The folder that holds the migrations, not that of one. */
const folderOf = (file: string): string => /^(.*?(?:migrations?|versions|drizzle|changelog))\//.exec(file)?.[1] ?? file.replace(/\/[^/]*$/, '')
