import type {
  AlterDomainStmt, AlterEnumStmt, AlterExtensionStmt, CommentStmt, CreateDomainStmt, CreateEnumStmt, CreateExtensionStmt, CreateFunctionStmt, CreatePolicyStmt, CreateSchemaStmt, CreateSeqStmt, CreateTrigStmt, GrantStmt,
  AlterSeqStmt, CompositeTypeStmt, RefreshMatViewStmt, ViewStmt, VacuumStmt, CreateStatsStmt, AlterPolicyStmt, RuleStmt,
} from 'libpg-query'
import type { Collector } from './collector.ts'
import { tablesOf, twiceNamed } from './data.ts'
import { twice } from './create-table.ts'
import { as, dotted, namedOf, nameOf, optionIs, strings } from './tree.ts'

export function createDomain(statement: CreateDomainStmt, collect: Collector): void {
  const parts = strings(statement.domainname)
  const constrained = (statement.constraints ?? []).some((node) => ['CONSTR_CHECK', 'CONSTR_NOTNULL'].includes(as(node, 'Constraint')?.contype ?? ''))
  collect.memory.domains.set(parts.at(-1) ?? '', constrained)
  collect.act({ do: 'create-domain', name: dotted(parts), constrained })
}

const DOMAIN_CHANGES: Readonly<Record<string, string>> = { C: 'ADD CONSTRAINT', O: 'SET NOT NULL', V: 'VALIDATE CONSTRAINT' }

export function alterDomain(statement: AlterDomainStmt, collect: Collector): void {
  const name = dotted(strings(statement.typeName))
  const how = DOMAIN_CHANGES[statement.subtype ?? '']
  if (how === undefined) return
  const notValid = as(statement.def, 'Constraint')?.skip_validation === true
  collect.memory.domains.set(strings(statement.typeName).at(-1) ?? '', true)
  collect.act({ do: 'constrain-domain', name, how, notValid })
}

export function createEnum(statement: CreateEnumStmt, collect: Collector): void {
  const parts = strings(statement.typeName)
  collect.memory.enums.set(dotted(parts), { unit: collect.memory.unit })
  collect.act({ do: 'create-enum', name: dotted(parts) })
}

export function alterEnum(statement: AlterEnumStmt, collect: Collector): void {
  const type = dotted(strings(statement.typeName))
  if (statement.oldVal !== undefined) return collect.act({ do: 'rename-object', what: 'enum value', from: statement.oldVal, to: statement.newVal ?? '' })
  const value = statement.newVal ?? ''
  collect.memory.labels.set(value, { unit: collect.memory.unit, transaction: collect.transaction, type })
  collect.act({ do: 'add-enum-value', type, value, placed: statement.newValNeighbor !== undefined, ifNotExists: statement.skipIfNewValExists === true })
}

export function createView(statement: ViewStmt, collect: Collector): void {
  const view = collect.relation(statement.view)
  for (const table of tablesOf(statement.query, collect)) collect.lock(table, 'ACCESS SHARE')
  const aliases = strings(statement.aliases)
  if (aliases.length > 0) twice(aliases, collect)
  else twiceNamed(statement.query, collect)
  const known = collect.memory.isNew(view)
  if (statement.replace === true && !known) {
    collect.lock(view, 'ACCESS EXCLUSIVE')
    collect.act({ do: 'replace-view', ...collect.on(view), how: 'replaced', cascade: false })
  }
  collect.act({ do: 'create-object', what: 'view', name: view.name, ifNotExists: false, replaces: statement.replace === true })
  collect.memory.create(view, { partitioned: false, partitionOf: null, temporary: statement.view?.relpersistence === 't' })
}

export function refresh(statement: RefreshMatViewStmt, collect: Collector): void {
  const view = collect.relation(statement.relation)
  const concurrently = statement.concurrent === true
  const mode = concurrently ? 'EXCLUSIVE' : 'ACCESS EXCLUSIVE'
  collect.lock(view, mode)
  if (statement.skipData !== true) collect.work('build', view, mode)
  collect.act({ do: 'refresh-view', ...collect.on(view), concurrently })
}

export function createFunction(statement: CreateFunctionStmt, collect: Collector): void {
  const parts = strings(statement.funcname)
  collect.act({ do: 'replace-function', name: dotted(parts), verb: statement.replace === true ? 'replaced' : 'created' })
}

export function createTrigger(statement: CreateTrigStmt, collect: Collector): void {
  const table = collect.relation(statement.relation)
  collect.lock(table, 'SHARE ROW EXCLUSIVE')
  collect.act({ do: 'trigger', ...collect.on(table), name: statement.trigname ?? '', verb: 'create' })
}

export function createRule(statement: RuleStmt, collect: Collector): void {
  const table = collect.relation(statement.relation)
  collect.lock(table, 'ACCESS EXCLUSIVE')
  collect.act({ do: 'trigger', ...collect.on(table), name: statement.rulename ?? '', verb: 'create' })
}

export function policy(statement: CreatePolicyStmt | AlterPolicyStmt, collect: Collector): void {
  const table = collect.relation(statement.table)
  collect.lock(table, 'ACCESS EXCLUSIVE')
  collect.act({ do: 'row-security', ...collect.on(table), what: 'policy' })
}

export function grant(statement: GrantStmt, collect: Collector): void {
  if (statement.is_grant !== true) collect.act({ do: 'revoke', what: (statement.objtype ?? '').replace('OBJECT_', '').toLowerCase() })
}

/** A remark on a relation takes a lock that waits behind autovacuum, index builds and validations. */
export function comment(statement: CommentStmt, collect: Collector): void {
  const parts = nameOf(statement.object)
  const kind = statement.objtype
  if (kind !== 'OBJECT_TABLE' && kind !== 'OBJECT_COLUMN' && kind !== 'OBJECT_INDEX' && kind !== 'OBJECT_VIEW' && kind !== 'OBJECT_MATVIEW') return
  const table = namedOf(kind === 'OBJECT_COLUMN' ? parts.slice(0, -1) : parts, collect.defaultSchema)
  collect.lock(table, 'SHARE UPDATE EXCLUSIVE')
  collect.act({ do: 'settings', ...collect.on(table), what: 'comment' })
}

export function vacuum(statement: VacuumStmt, collect: Collector): void {
  const full = optionIs(statement.options, 'full')
  const isVacuum = statement.is_vacuumcmd === true
  const relations = (statement.rels ?? []).flatMap((node) => as(node, 'VacuumRelation')?.relation ?? [])
  if (relations.length === 0 && full) collect.act({ do: 'rewrite', table: { schema: '', name: 'every table' }, isNew: false, how: 'VACUUM FULL', unlogged: false })
  for (const relation of relations) {
    const table = collect.relation(relation)
    collect.lock(table, full ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE')
    if (full) {
      collect.work('rewrite', table, 'ACCESS EXCLUSIVE')
      collect.act({ do: 'rewrite', ...collect.on(table), how: 'VACUUM FULL', unlogged: false })
    } else collect.act({ do: 'settings', ...collect.on(table), what: isVacuum ? 'vacuum' : 'analyze' })
  }
}

export const createStatistics = (statement: CreateStatsStmt, collect: Collector): void => {
  for (const node of statement.relations ?? []) {
    const table = collect.relation(as(node, 'RangeVar'))
    collect.lock(table, 'SHARE UPDATE EXCLUSIVE')
    collect.act({ do: 'settings', ...collect.on(table), what: 'statistics' })
  }
}

export const createSchema = (statement: CreateSchemaStmt, collect: Collector): void => {
  collect.act({ do: 'create-object', what: 'schema', name: statement.schemaname ?? '', ifNotExists: statement.if_not_exists === true, replaces: false })
}

export const createSequence = (statement: CreateSeqStmt, collect: Collector): void => {
  collect.act({ do: 'create-object', what: 'sequence', name: statement.sequence?.relname ?? '', ifNotExists: statement.if_not_exists === true, replaces: false })
}

export const alterSequence = (statement: AlterSeqStmt, collect: Collector): void => collect.act({ do: 'change-sequence', name: statement.sequence?.relname ?? '' })

export const createType = (statement: CompositeTypeStmt, collect: Collector): void => {
  collect.act({ do: 'create-object', what: 'type', name: statement.typevar?.relname ?? '', ifNotExists: false, replaces: false })
}

export const createExtension = (statement: CreateExtensionStmt, collect: Collector): void => collect.act({ do: 'load-extension', name: statement.extname ?? '', verb: 'create' })
export const updateExtension = (statement: AlterExtensionStmt, collect: Collector): void => {
  collect.act({ do: 'load-extension', name: statement.extname ?? '', verb: 'update' })
  collect.act({ do: 'opaque', what: `the update script of extension ${statement.extname ?? ''}` })
}
