import { UsageError } from '../arguments.ts'
import { findDrizzle } from './find-drizzle.ts'
import { findMikroOrm } from './find-mikro-orm.ts'
import { findPrisma } from './find-prisma.ts'
import { findSequelize } from './find-sequelize.ts'
import { findSql } from './find-sql.ts'
import { findTypeORM } from './find-typeorm.ts'
import type { ModelFinding, ModelKind } from './finding.ts'
import type { Project } from './project.ts'
import { readProject, workspacesOf } from './project.ts'

const FINDERS: { readonly [K in ModelKind]: (project: Project) => ModelFinding | null } = {
  drizzle: findDrizzle, prisma: findPrisma, typeorm: findTypeORM, 'mikro-orm': findMikroOrm, sequelize: findSequelize, sql: findSql,
}

export type Readable = ModelFinding & { readonly models: NonNullable<ModelFinding['models']> }

export interface Choice {
  readonly chosen: Readable
  /** What else was found. */
  readonly others: readonly ModelFinding[]
}

/** Everything that the project has models in, in no order of preference. */
export const findModels = (project: Project): readonly ModelFinding[] => Object.values(FINDERS).flatMap((find) => find(project) ?? [])

/**
 * The models that the configuration is written for: those that were asked for, else the only ones that are there.
 *
 * @throws UsageError when nothing is found, or when nothing tells which of several is meant
 */
export function chooseModels(project: Project, wanted: ModelKind | undefined): Choice {
  const found = findModels(project)
  if (wanted !== undefined) {
    const chosen = found.find((one) => one.kind === wanted)
    if (chosen === undefined) throw new UsageError(`--models ${wanted}: nothing of it is in ${project.folder}${found.length === 0 ? '' : `; found were ${found.map((one) => one.kind).join(', ')}`}`, 'init')
    if (!canBeRead(chosen)) throw new UsageError(`--models ${wanted}: ${chosen.notes.join(' ')}`, 'init')
    return { chosen, others: found.filter((one) => one !== chosen) }
  }
  const readable = found.filter(canBeRead)
  const strongest = Math.max(...readable.map((one) => one.strength))
  const best = readable.filter((one) => one.strength === strongest)
  // SQL files beside an ORM are its dumps and migrations.
  const [chosen, second] = best.length > 1 ? best.filter((one) => one.kind !== 'sql') : best
  if (chosen === undefined) throw nothingFound(project, found)
  if (second !== undefined) throw new UsageError(`models of ${best.map((one) => `${one.title} (${one.files.join(', ')})`).join(' and of ')} are here; say which: ${best.map((one) => `--models ${one.kind}`).join(' or ')}`, 'init')
  return { chosen, others: found.filter((one) => one !== chosen) }
}

const canBeRead = (finding: ModelFinding): finding is Readable => finding.models !== null

function nothingFound(project: Project, found: readonly ModelFinding[]): UsageError {
  const packages = workspacesOf(project).filter((path) => findModels(readProject(`${project.folder}/${path}`)).some(canBeRead))
  if (packages.length > 0) return new UsageError(`${project.folder} is the root of workspaces; run it in the one that has the models: ${packages.map((path) => `cd ${path}`).join(', or ')}`, 'init')
  const partly = found.map((one) => `${one.title}: ${one.notes.join(' ')}`)
  if (partly.length > 0) return new UsageError(`nothing to read was found in ${project.folder}. ${partly.join(' ')}`, 'init')
  return new UsageError(
    `found neither models nor a driver in ${project.folder}${project.manifest === null ? ', which has no package.json' : ''}. Looked for Drizzle, Prisma, TypeORM, MikroORM, Sequelize, Kysely, Knex, schema.sql, and the drivers of PostgreSQL and SQLite. Run it in the folder of the service, or install one first; docs/start.md shows a configuration by hand`,
    'init',
  )
}
