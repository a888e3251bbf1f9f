import { existsSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { UsageError } from '../arguments.ts'
import { configsOf } from '../config.ts'
import type { Choice } from '../init/choose.ts'
import { chooseModels } from '../init/choose.ts'
import { driversFor, findDrivers, missingDriver } from '../init/drivers.ts'
import { findEntry } from '../init/entry.ts'
import type { Environment } from '../init/environment.ts'
import { findEnvironment, likelyVariable } from '../init/environment.ts'
import type { Place } from '../init/finding.ts'
import type { Look } from '../init/look.ts'
import { look } from '../init/look.ts'
import { findOtherTools } from '../init/other-tools.ts'
import type { Project } from '../init/project.ts'
import { readProject } from '../init/project.ts'
import type { InitReport } from '../init/report.ts'
import { styleOf } from '../init/style.ts'
import { configText } from '../init/write.ts'
import { initLines } from '../print/init.ts'
import type { Command } from '../run.ts'

export const command: Command<'init'> = async ({ app, io, printer, interruption }, { flags }) => {
  const project = readProject(io.cwd)
  refuseSecond(project)
  const choice = chooseModels(project, flags.models)
  const dialect = dialectOf(choice, project)
  const place: Place = choice.chosen.place ?? { kind: 'variable', name: likelyVariable(project) }
  const environment = findEnvironment(project, place, io.env)
  const style = styleOf(project, choice.chosen)
  const file = join(project.folder, style.file)
  const text = configText(style, { application: project.name, language: dialect, models: choice.chosen, place, environment: environment.load })
  const missing = missingPackages(project, choice, dialect, place)
  if (!flags['dry-run']) write(file, text)
  const seen = flags['dry-run'] ? null : (notYet(missing, place, environment) ?? (await interruption.race(look(() => app(file)))))
  const otherTools = findOtherTools(project)
  const report: InitReport = {
    project: project.folder,
    config: { file, written: !flags['dry-run'], text },
    models: { kind: choice.chosen.kind, title: choice.chosen.title, files: choice.chosen.files, notes: notesOn(choice, place) },
    alsoFound: choice.others.map(({ kind, title, files }) => ({ kind, title, files })),
    dialect, drivers: driversFor(project, dialect), variable: place.kind === 'variable' ? place.name : null, otherTools,
    entry: findEntry(project, style), look: seen,
    next: nextSteps(io.cwd, project, missing, seen, otherTools.length > 0, choice),
  }
  if (flags.json) printer.json(report)
  else printer.lines(...initLines(report, io.cwd, printer.paint))
  return 0
}

function refuseSecond(project: Project): void {
  const [there] = configsOf(project.folder)
  if (there !== undefined) throw new UsageError(`${join(project.folder, there)} is there already and stays as it is; \`trueup check\` says what it makes of the database`, 'init')
}

/** @throws UsageError for a database that is not known here */
function dialectOf({ chosen }: Choice, project: Project): 'postgres' | 'sqlite' {
  const language = chosen.language ?? findDrivers(project)[0]?.language ?? null
  if (language === 'postgres' || language === 'sqlite') return language
  if (language === null) throw new UsageError(`${chosen.title}: nothing tells whether the database is PostgreSQL or SQLite; install its driver first, such as \`npm install pg\``, 'init')
  throw new UsageError(`${chosen.title} here is for ${language}; PostgreSQL and SQLite are brought into line`, 'init')
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' })
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw new UsageError(`${file} could not be written: ${error.message}`, 'init')
    throw error
  }
}

function missingPackages(project: Project, { chosen }: Choice, dialect: 'postgres' | 'sqlite', place: Place): readonly string[] {
  const embedded = place.kind === 'literal' && place.target.startsWith('pglite:')
  const node = 'bun' in process.versions ? null : process.versions.node
  const driver = embedded ? (project.has('@electric-sql/pglite') ? null : '@electric-sql/pglite') : missingDriver(project, dialect, place.kind === 'parts', node)
  return [...(project.has('trueup') ? [] : ['trueup']), ...(driver === null ? [] : [driver]), ...chosen.needs]
}

/** Why asking the database would be of no use. */
function notYet(missing: readonly string[], place: Place, environment: Environment): Look | null {
  if (missing.length > 0) return { reached: false, because: `${missing.join(' and ')} must be installed first.`, hint: 'Then run `trueup check`.' }
  if (place.kind === 'variable' && !environment.known) return { reached: false, because: `${place.name} is not set.`, hint: `Set ${place.name} to the database's URL, then run \`trueup check\`.` }
  return null
}

function notesOn({ chosen }: Choice, place: Place): readonly string[] {
  const assumed = chosen.place === null && place.kind === 'variable' ? [`Nothing tells where the database is: ${place.name} is assumed to hold its URL.`] : []
  return [...chosen.notes, ...assumed]
}

function nextSteps(cwd: string, project: Project, missing: readonly string[], seen: Look | null, tools: boolean, { chosen }: Choice): readonly string[] {
  const taken = seen?.reached === true && seen.others.some((one) => one.takenOver === 'no')
  const elsewhere = relative(cwd, project.folder)
  return [
    ...(missing.length === 0 ? [] : [`${elsewhere === '' ? '' : `cd ${elsewhere}; `}${installCommand(project)} ${missing.join(' ')}`]),
    ...(chosen.kind === 'sql' && chosen.strength === 0 ? ['npx trueup pull --out schema    writes the live schema down'] : []),
    'npx trueup plan        what a start would do; changes nothing',
    ...(tools || taken ? ['npx trueup baseline    takes over what another tool did; then stop running that tool'] : []),
    'npx trueup apply       does it, as every start will',
  ]
}

function installCommand(project: Project): string {
  const folders = [project.folder, ...(project.workspaceRoot === null ? [] : [project.workspaceRoot])]
  const has = (name: string): boolean => folders.some((folder) => existsSync(join(folder, name)))
  return has('pnpm-lock.yaml') ? 'pnpm add' : has('yarn.lock') ? 'yarn add' : has('bun.lock') || has('bun.lockb') ? 'bun add' : 'npm install'
}
