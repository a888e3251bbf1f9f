import type { Column, ForeignKey, Index, Named, Table } from '../../../schema/schema.ts'
import type { RenderContext, Step, StepWork, TableLock, Trial } from '../../dialect.ts'
import { findTable } from './find.ts'
import { ACCESS_EXCLUSIVE, HAZARDS, goesBefore, lockAll, workOn } from './step.ts'

type Cost = Partial<Step> & { readonly locks: readonly TableLock[] }

/**
 * What a change of type or expression costs: by the server's own word where it was asked, else by what was seen of versions 12 to
 * 18. Every one of them makes prepared statements that return the column fail once.
 */
export function retypeCost(from: Column, to: Column, context: RenderContext, table: Named, trial: Trial): Cost {
  if (context.isNew(table)) return { locks: [] }
  const partners = keysOver(to.name, context, table)
  const locks = partners.flatMap(({ other }) => lockAll(context, other, ACCESS_EXCLUSIVE))
  const hazards = [HAZARDS.cachedPlans(to.name)]
  const { rewrites, reads } = context.verdict?.(trial) === undefined ? expected(from, to, findTable(context.before, table)) : verdictOf(context, trial)
  const matches = partners.flatMap(({ child }) => workOn(context, child, 'match'))
  if (context.isEmpty(table) && partners.length === 0) return { locks, hazards, class: rewrites && !isWider(from, to) ? 'incompatible' : 'safe', trial }
  if (!rewrites && !reads && from.type !== to.type && partners.length > 0) return { locks, hazards, trial, class: 'blocking', long: true, work: matches }
  if (!rewrites && !reads) return { locks, hazards, trial }
  const work: readonly StepWork[] = [...workOn(context, table, rewrites ? 'rewrite' : 'index'), ...matches]
  const what = from.type === to.type ? `this change of ${to.name}` : `changing the type of ${to.name} from ${from.type} to ${to.type}`
  return {
    locks, trial, work, long: true,
    class: isWider(from, to) || !rewrites ? 'blocking' : 'incompatible',
    hazards: [rewrites ? HAZARDS.rewrite(what) : HAZARDS.indexRebuild(what), ...hazards],
    instead: 'Write a retype entry with online: true, which does it while everybody works.',
  }
}

function verdictOf(context: RenderContext, trial: Trial): { readonly rewrites: boolean; readonly reads: boolean } {
  const verdict = context.verdict?.(trial)
  return { rewrites: verdict?.rewrites === true, reads: verdict?.scans === true || verdict?.rebuilds === true }
}

function expected(from: Column, to: Column, table: Table | undefined): { readonly rewrites: boolean; readonly reads: boolean } {
  if (to.generated != null && from.generated != null) return { rewrites: to.generated.stored, reads: false }
  if (from.type === to.type && (from.collation ?? null) === (to.collation ?? null)) return { rewrites: false, reads: false }
  if (!isCatalogueOnly(from.type, to.type)) return { rewrites: true, reads: false }
  const recollated = (from.collation ?? null) !== (to.collation ?? null)
  return { rewrites: false, reads: table !== undefined && (isChecked(table, to.name) || table.indexes.some((index) => isRebuilt(index, to.name, recollated))) }
}

/** A check over the column is proved again, row by row. */
const isChecked = (table: Table, column: string): boolean => table.constraints.some((item) => item.type === 'check' && mentions(item.expression, column))

/** An index over the plain column is kept; one whose expression or condition speaks of it is built again, and all when the order changes. */
function isRebuilt(index: Index, column: string, recollated: boolean): boolean {
  if (index.keys.some((key) => key.expression !== null && mentions(key.expression, column)) || (index.where !== null && mentions(index.where, column))) return true
  return recollated && index.keys.some((key) => key.column === column)
}

/** Too many mentions do no harm: then a step that is instant is taken for one that reads. */
const mentions = (expression: string, column: string): boolean => expression.includes(column)

const bare = (type: string): string => type.replace(/\([\d, -]*\)/g, '').replace(/\s+/g, ' ').trim()
const parameters = (type: string): readonly number[] | null => /\(([\d, -]+)\)/.exec(type)?.[1]?.split(',').map(Number) ?? null

/** Types of which a longer or more precise one holds the same bytes. */
const GROWING = new Set(['character varying', 'bit varying', 'time without time zone', 'time with time zone', 'timestamp without time zone', 'timestamp with time zone', 'interval'])
const TEXTS = new Set(['text', 'character varying'])

/** True for changes that leave every stored value as it is (safety catalogue, seen on 12 to 18). */
export function isCatalogueOnly(from: string, to: string): boolean {
  const [old, now] = [bare(from), bare(to)]
  const [had, has] = [parameters(from), parameters(to)]
  if (from === to) return true
  if (from.endsWith(']') || to.endsWith(']')) return false
  if (old === 'cidr' && now === 'inet') return true
  if (old === 'numeric' && now === 'numeric') return has === null || (had !== null && (has[0] ?? 0) >= (had[0] ?? 0) && (has[1] ?? 0) === (had[1] ?? 0))
  if (TEXTS.has(old) && TEXTS.has(now)) return has === null || (had !== null && (has[0] ?? 0) >= (had[0] ?? 0))
  return old === now && GROWING.has(old) && (has === null || (had !== null && (has[0] ?? 0) >= (had[0] ?? 0)))
}

const WIDER: readonly string[] = ['smallint', 'integer', 'bigint', 'numeric']

/** Running code goes on with the new type: a wider number, a longer text. */
function isWider(from: Column, to: Column): boolean {
  if (isCatalogueOnly(from.type, to.type)) return true
  const [old, now] = [WIDER.indexOf(from.type), WIDER.indexOf(to.type)]
  // What drivers give for a bigint is another type in many languages than what they give for numeric.
  return old >= 0 && now > old && from.type !== 'bigint'
}

interface Partner {
  /** The table at the key's other end. */
  readonly other: Named
  /** The table whose rows are looked up again. */
  readonly child: Named
}

/** Foreign keys from and to the column: the server takes them apart and checks them again. */
function keysOver(column: string, context: RenderContext, table: Named): readonly Partner[] {
  const own = findTable(context.before, table)
  const keys = (one: Table): readonly ForeignKey[] => one.constraints.flatMap((item) => (item.type === 'foreignKey' && !goesBefore(context, one, item.name) ? [item] : []))
  const points = (own === undefined ? [] : keys(own)).filter((key) => key.columns.includes(column))
  const pointed = context.before.table.flatMap((child) =>
    keys(child).some((key) => key.references.schema === table.schema && key.references.table === table.name && key.references.columns.includes(column)) ? [child] : [])
  return [
    ...points.map((key) => ({ other: { schema: key.references.schema, name: key.references.table }, child: table })),
    ...pointed.filter((child) => child !== own).map((child) => ({ other: child, child })),
  ]
}
