import type { AlterOperation } from '../../../operations/operation.ts'
import type { Composite, Domain, EnumType, RangeType } from '../../../schema/schema.ts'
import type { KindRenderer, RenderContext, Step } from '../../dialect.ts'
import { stable } from './expression.ts'
import { literal, qualified, quoteName } from './names.ts'
import { commentOn, decorate, redecorate, typeTarget } from './privileges.ts'
import { renameTo } from './rename.ts'
import { retype } from './retype.ts'
import { HAZARDS, makeStep, stepFor } from './step.ts'

const enumText = (type: EnumType): string => `CREATE TYPE ${qualified(type)} AS ENUM (${type.values.map(literal).join(', ')})`

/** Enum types. Values are added in place; a removed or moved value takes a new type. */
export const enumRenderer: KindRenderer<'enum'> = {
  create: (operation, context) =>
    stepFor(operation, context, [enumText(operation.to), ...decorate(operation.to, typeTarget(qualified(operation.to), 'TYPE'), context)]),
  drop: (operation, context) => stepFor(operation, context, [`DROP TYPE ${qualified(operation.from)}`], { class: 'incompatible' }),
  alter: (operation, context) => {
    const target = typeTarget(qualified(operation.to), 'TYPE')
    const rest = stepFor(operation, context, redecorate(operation.from, operation.to, operation.fields, target))
    return operation.fields.includes('values') ? [...alterValues(operation, context), ...rest] : rest
  },
  rename: renameTo('TYPE'),
}

function alterValues(operation: AlterOperation<'enum'>, context: RenderContext): readonly Step[] {
  const added = addedValues(operation.from.values, operation.to.values)
  if (added === null) return retype(operation, context, enumText(operation.to), decorate(operation.to, typeTarget(qualified(operation.to), 'TYPE')))
  return added.map(({ value, place }) =>
    makeStep(`add value ${literal(value)} to enum ${operation.ref.name}`, [`ALTER TYPE ${qualified(operation.to)} ADD VALUE ${literal(value)}${place}`], {
      transaction: false,
      reason: 'a new value can only be used once it is committed',
    }),
  )
}

/** Each new value with its place, in an order in which the neighbour is there already; `null` when values go or move. */
function addedValues(from: readonly string[], to: readonly string[]): readonly { value: string; place: string }[] | null {
  const kept = to.filter((value) => from.includes(value))
  if (kept.length !== from.length || kept.some((value, i) => value !== from[i])) return null
  return to.flatMap((value, i) => {
    if (from.includes(value)) return []
    const next = to.slice(i + 1).find((other) => from.includes(other))
    const previous = to[i - 1]
    if (next === undefined) return [{ value, place: '' }]
    return [{ value, place: previous === undefined ? ` BEFORE ${literal(next)}` : ` AFTER ${literal(previous)}` }]
  })
}

function domainText(domain: Domain): string {
  return [
    `CREATE DOMAIN ${qualified(domain)} AS ${domain.type}`,
    domain.collation == null ? '' : `COLLATE ${domain.collation}`,
    domain.default === null ? '' : `DEFAULT ${domain.default}`,
    domain.notNull ? 'NOT NULL' : '',
    ...domain.checks.filter((check) => check.validated !== false).map((check) => `CONSTRAINT ${quoteName(check.name)} CHECK (${stable(check.expression)})`),
  ].filter((part) => part !== '').join(' ')
}

const uncheckedChecks = (domain: Domain): readonly string[] =>
  domain.checks.filter((check) => check.validated === false)
    .map((check) => `ALTER DOMAIN ${qualified(domain)} ADD CONSTRAINT ${quoteName(check.name)} CHECK (${stable(check.expression)}) NOT VALID`)

const domainExtras = (domain: Domain): readonly string[] => [...uncheckedChecks(domain), ...decorate(domain, typeTarget(qualified(domain), 'DOMAIN'))]

/** Domains. */
export const domainRenderer: KindRenderer<'domain'> = {
  create: (operation, context) => stepFor(operation, context, [domainText(operation.to), ...domainExtras(operation.to)]),
  drop: (operation, context) => stepFor(operation, context, [`DROP DOMAIN ${qualified(operation.from)}`], { class: 'incompatible' }),
  alter: (operation, context) => {
    if (operation.fields.includes('type') || operation.fields.includes('collation')) {
      return retype(operation, context, domainText(operation.to), domainExtras(operation.to))
    }
    const scans = operation.fields.includes('checks') || (operation.fields.includes('notNull') && operation.to.notNull)
    return stepFor(operation, context, alterDomain(operation), scans ? { class: 'blocking', long: true, hazards: [HAZARDS.scan('checking a domain')] } : {})
  },
  rename: renameTo('DOMAIN'),
}

function alterDomain({ from, to, fields }: AlterOperation<'domain'>): readonly string[] {
  const name = qualified(to)
  const statements: string[] = []
  if (fields.includes('default')) statements.push(`ALTER DOMAIN ${name} ${to.default === null ? 'DROP DEFAULT' : `SET DEFAULT ${to.default}`}`)
  if (fields.includes('notNull')) statements.push(`ALTER DOMAIN ${name} ${to.notNull ? 'SET' : 'DROP'} NOT NULL`)
  if (fields.includes('checks')) {
    const same = (a: Domain['checks'][number]) => (b: Domain['checks'][number]) =>
      a.name === b.name && a.expression === b.expression && (a.validated ?? true) === (b.validated ?? true)
    for (const check of from.checks) if (!to.checks.some(same(check))) statements.push(`ALTER DOMAIN ${name} DROP CONSTRAINT ${quoteName(check.name)}`)
    for (const check of to.checks) {
      if (from.checks.some(same(check))) continue
      statements.push(`ALTER DOMAIN ${name} ADD CONSTRAINT ${quoteName(check.name)} CHECK (${stable(check.expression)})${check.validated === false ? ' NOT VALID' : ''}`)
    }
  }
  return [...statements, ...redecorate(from, to, fields, typeTarget(name, 'DOMAIN'))]
}

type Attribute = Composite['attributes'][number]

const attributeText = (attribute: Attribute): string =>
  `${quoteName(attribute.name)} ${attribute.type}${attribute.collation == null ? '' : ` COLLATE ${attribute.collation}`}`

const compositeText = (type: Composite): string => `CREATE TYPE ${qualified(type)} AS (${type.attributes.map(attributeText).join(', ')})`

const attributeComments = (type: Composite): readonly string[] =>
  type.attributes.flatMap((attribute) => (attribute.comment == null ? [] : [commentOn(`COLUMN ${qualified(type)}.${quoteName(attribute.name)}`, attribute.comment)]))

const compositeExtras = (type: Composite): readonly string[] => [...attributeComments(type), ...decorate(type, typeTarget(qualified(type), 'TYPE'))]

/** Composite types. */
export const compositeRenderer: KindRenderer<'composite'> = {
  create: (operation, context) => stepFor(operation, context, [compositeText(operation.to), ...compositeExtras(operation.to)]),
  drop: (operation, context) => stepFor(operation, context, [`DROP TYPE ${qualified(operation.from)}`], { class: 'incompatible' }),
  alter: (operation, context) => {
    const { from, to, fields } = operation
    const changes = fields.includes('attributes') ? alterAttributes(from, to) : []
    if (changes === null) return retype(operation, context, compositeText(to), compositeExtras(to))
    return stepFor(operation, context, [...changes, ...redecorate(from, to, fields, typeTarget(qualified(to), 'TYPE'))], { class: 'incompatible' })
  },
  rename: renameTo('TYPE'),
}

/** `null` when attributes change their type or place: then it takes a new type. */
function alterAttributes(from: Composite, to: Composite): readonly string[] | null {
  const kept = from.attributes.filter((old) => to.attributes.some((now) => now.name === old.name))
  const moved = kept.some((old, i) => to.attributes[i]?.name !== old.name)
  const retyped = kept.some((old, i) => to.attributes[i]?.type !== old.type || (to.attributes[i]?.collation ?? null) !== (old.collation ?? null))
  if (moved || retyped) return null
  const name = qualified(to)
  const gone = from.attributes.filter((old) => !kept.includes(old)).map((old) => `ALTER TYPE ${name} DROP ATTRIBUTE ${quoteName(old.name)}`)
  const added = to.attributes.slice(kept.length).map((now) => `ALTER TYPE ${name} ADD ATTRIBUTE ${attributeText(now)}`)
  const comments = to.attributes.flatMap((now) => {
    const old = kept.find((other) => other.name === now.name)
    return (old?.comment ?? null) === (now.comment ?? null) ? [] : [commentOn(`COLUMN ${name}.${quoteName(now.name)}`, now.comment ?? null)]
  })
  return [...gone, ...added, ...comments]
}

const rangeText = (type: RangeType): string => `CREATE TYPE ${qualified(type)} AS RANGE (${type.options.join(', ')})`

/** Range types. */
export const rangeRenderer: KindRenderer<'range'> = {
  create: (operation, context) =>
    stepFor(operation, context, [rangeText(operation.to), ...decorate(operation.to, typeTarget(qualified(operation.to), 'TYPE'), context)]),
  drop: (operation, context) => stepFor(operation, context, [`DROP TYPE ${qualified(operation.from)}`], { class: 'incompatible' }),
  alter: (operation, context) => {
    const target = typeTarget(qualified(operation.to), 'TYPE')
    if (operation.fields.includes('options')) return retype(operation, context, rangeText(operation.to), decorate(operation.to, target))
    return stepFor(operation, context, redecorate(operation.from, operation.to, operation.fields, target))
  },
  rename: renameTo('TYPE'),
}
