import type { Publication, Subscription } from '../../../schema/schema.ts'
import { keyOf } from '../../../schema/schema.ts'
import type { KindRenderer, RenderContext, TableLock } from '../../dialect.ts'
import { stable } from './expression.ts'
import { literal, nameList, qualified, quoteName, splitPair } from './names.ts'
import type { Target } from './privileges.ts'
import { decorate, redecorate } from './privileges.ts'
import { renameTo } from './rename.ts'
import { HAZARDS, SHARE_UPDATE_EXCLUSIVE, lock, stepFor } from './step.ts'

const publicationTarget = (name: string): Target => ({ grant: null, comment: `PUBLICATION ${quoteName(name)}`, all: '', publicHas: '' })

function tableText({ columns, where, ...name }: Publication['tables'][number]): string {
  return `ONLY ${qualified(name)}${columns == null ? '' : ` ${nameList(columns)}`}${where == null ? '' : ` WHERE (${stable(where)})`}`
}

/** The word TABLE once, before the first: version 14 knows no other way. */
function objectsText({ tables, schemas }: Pick<Publication, 'tables' | 'schemas'>): string {
  const listed = tables.length === 0 ? [] : [`TABLE ${tables.map(tableText).join(', ')}`]
  return [...listed, ...schemas.map((schema) => `TABLES IN SCHEMA ${quoteName(schema)}`)].join(', ')
}

/** Who lists tables locks each of them, so that no two change what is replicated at once; queries do not notice. */
const lockListed = (tables: Publication['tables'], context: RenderContext): readonly TableLock[] =>
  [...new Map(tables.map((table) => [keyOf(table), table])).values()].flatMap((table) => lock(context, table, SHARE_UPDATE_EXCLUSIVE))

const OPTIONS: { readonly [F in 'publish' | 'viaRoot' | 'generated']: (publication: Publication) => string } = {
  publish: ({ publish }) => `publish = ${literal(publish.join(', '))}`,
  viaRoot: ({ viaRoot }) => `publish_via_partition_root = ${viaRoot}`,
  generated: ({ generated }) => `publish_generated_columns = ${generated ?? 'none'}`,
}

/** Publications. */
export const publicationRenderer: KindRenderer<'publication'> = {
  create: (operation, context) => {
    const { to } = operation
    const objects = to.allTables ? ' FOR ALL TABLES' : objectsText(to) === '' ? '' : ` FOR ${objectsText(to)}`
    const options = [OPTIONS.publish(to), ...(to.viaRoot ? [OPTIONS.viaRoot(to)] : []), ...(to.generated === 'stored' ? [OPTIONS.generated(to)] : [])]
    return stepFor(operation, context, [`CREATE PUBLICATION ${quoteName(to.name)}${objects} WITH (${options.join(', ')})`, ...decorate(to, publicationTarget(to.name))], { locks: lockListed(to.tables, context) })
  },
  drop: (operation, context) => stepFor(operation, context, [`DROP PUBLICATION ${quoteName(operation.from.name)}`], { class: 'incompatible' }),
  alter: (operation, context) => {
    const { from, to, fields } = operation
    const alter = `ALTER PUBLICATION ${quoteName(to.name)}`
    const options = Object.entries(OPTIONS).filter(([field]) => fields.includes(field)).map(([, write]) => write(to))
    const statements = [
      ...(fields.includes('tables') || fields.includes('schemas') ? [changeObjects(from, to, alter)] : []),
      ...(options.length === 0 ? [] : [`${alter} SET (${options.join(', ')})`]),
    ]
    const locks = fields.includes('tables') || fields.includes('schemas') ? lockListed([...from.tables, ...to.tables], context) : []
    return stepFor(operation, context, [...statements, ...redecorate(from, to, fields, publicationTarget(to.name))], statements.length === 0 ? {} : { class: 'incompatible', locks })
  },
  rename: renameTo('PUBLICATION'),
}

/** SET puts a list in the place of another; an empty one cannot be written, so the old one is taken out. */
function changeObjects(from: Publication, to: Publication, alter: string): string {
  if (to.tables.length + to.schemas.length > 0) return `${alter} SET ${objectsText(to)}`
  return `${alter} DROP ${objectsText({ tables: from.tables.map(({ schema, name }) => ({ schema, name })), schemas: from.schemas })}`
}

const subscriptionTarget = (name: string): Target => ({ grant: null, comment: `SUBSCRIPTION ${quoteName(name)}`, all: '', publicHas: '' })
const slotText = (slot: string | null): string => `slot_name = ${slot === null ? 'NONE' : literal(slot)}`
const optionText = (option: string): string => `${splitPair(option)[0]} = ${literal(splitPair(option)[1])}`
const publicationsText = ({ publications }: Subscription): string => publications.map(quoteName).join(', ')

/** Nothing is asked of the publisher: whether it can be reached is no part of a schema, and it may not be there yet. */
const APART = 'the publisher is not contacted: its replication slot is made and dropped there'

/** Subscriptions. */
export const subscriptionRenderer: KindRenderer<'subscription'> = {
  create: (operation, context) => {
    const { to } = operation
    const options = ['connect = false', slotText(to.slot), ...to.options.map(optionText)]
    const statements = [
      `CREATE SUBSCRIPTION ${quoteName(to.name)} CONNECTION ${literal(to.connection)} PUBLICATION ${publicationsText(to)} WITH (${options.join(', ')})`,
      ...(to.enabled && to.slot !== null ? [`ALTER SUBSCRIPTION ${quoteName(to.name)} ENABLE`] : []),
      ...decorate(to, subscriptionTarget(to.name)),
    ]
    return stepFor(operation, context, statements, { reason: APART })
  },
  drop: (operation, context) => {
    const name = quoteName(operation.from.name)
    const statements = [`ALTER SUBSCRIPTION ${name} DISABLE`, `ALTER SUBSCRIPTION ${name} SET (slot_name = NONE)`, `DROP SUBSCRIPTION ${name}`]
    return stepFor(operation, context, statements, { class: 'incompatible', reason: APART, hazards: [HAZARDS.breaks('nothing is replicated any more, and its slot stays on the publisher')] })
  },
  alter: (operation, context) => {
    const { from, to, fields } = operation
    const alter = `ALTER SUBSCRIPTION ${quoteName(to.name)}`
    const changed = to.options.filter((option) => !from.options.includes(option))
    const gone = from.options.filter((option) => !to.options.some((other) => splitPair(other)[0] === splitPair(option)[0]))
    const options = [...(fields.includes('slot') ? [slotText(to.slot)] : []), ...changed.map(optionText), ...gone.map((option) => `${splitPair(option)[0]} = ${USUAL[splitPair(option)[0]] ?? 'false'}`)]
    const rests = fields.includes('slot') && from.enabled
    const statements = [
      ...(rests || (fields.includes('enabled') && !to.enabled) ? [`${alter} DISABLE`] : []),
      ...(fields.includes('connection') ? [`${alter} CONNECTION ${literal(to.connection)}`] : []),
      ...(fields.includes('publications') ? [`${alter} SET PUBLICATION ${publicationsText(to)} WITH (refresh = false)`] : []),
      ...(options.length === 0 ? [] : [`${alter} SET (${options.join(', ')})`]),
      ...(to.enabled && (rests || fields.includes('enabled')) ? [`${alter} ENABLE`] : []),
    ]
    return stepFor(operation, context, [...statements, ...redecorate(from, to, fields, subscriptionTarget(to.name))], statements.length === 0 ? {} : { class: 'incompatible' })
  },
  rename: renameTo('SUBSCRIPTION'),
}

/** What an option is when nobody sets it, where that is not `false`. */
const USUAL: Readonly<Record<string, string>> = { synchronous_commit: `'off'`, origin: `'any'`, password_required: 'true', streaming: `'off'` }
