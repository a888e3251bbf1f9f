import type { AlterOperation } from '../../../operations/operation.ts'
import type { Composite, Domain, EnumType, RangeType } from '../../../schema/schema.ts'
import type { KindRenderer, RenderContext, Step } from '../../dialect.ts'
import { stable } from './expression.ts'
import { literal, qualified, quoteName } from './names.ts'
import { commentOn, decorate, redecorate, typeTarget } from './privileges.ts'
import { renameTo } from './rename.ts'
import { columnsOf, retype } from './retype.ts'
import { HAZARDS, SHARE, lockAll, makeStep, stepFor, workOn } from './step.ts'
import { addedValues, alterAttributes, attributeText, isRetyped } from './type-changes.ts'

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

const checkComment = (domain: Domain, name: string, comment: string | null | undefined): string =>
  commentOn(`CONSTRAINT ${quoteName(name)} ON DOMAIN ${qualified(domain)}`, comment ?? null)

const checkComments = (domain: Domain): readonly string[] => domain.checks.flatMap(({ name, comment }) => (comment == null ? [] : [checkComment(domain, name, comment)]))

const domainExtras = (domain: Domain): readonly string[] => [...uncheckedChecks(domain), ...checkComments(domain), ...decorate(domain, typeTarget(qualified(domain), 'DOMAIN'))]

/** Domains. */
export const domainRenderer: KindRenderer<'domain'> = {
  create: (operation, context) => stepFor(operation, context, [domainText(operation.to), ...domainExtras(operation.to)]),
  drop: (operation, context) => stepFor(operation, context, [`DROP DOMAIN ${qualified(operation.from)}`], { class: 'incompatible' }),
  alter: (operation, context) => {
    if (isRetyped(operation)) {
      return retype(operation, context, domainText(operation.to), domainExtras(operation.to))
    }
    const scans = (operation.fields.includes('checks') && operation.to.checks.some((check) => !operation.from.checks.some((old) => old.name === check.name && old.expression === check.expression))) || (operation.fields.includes('notNull') && operation.to.notNull)
    const users = scans ? columnsOf(context, operation.ref.schema, operation.ref.name).map(({ table }) => table) : []
    return stepFor(operation, context, alterDomain(operation), scans ? {
      class: 'blocking', long: true, hazards: [HAZARDS.scan('checking a domain')],
      locks: users.flatMap((table) => lockAll(context, table, SHARE)), work: users.flatMap((table) => workOn(context, table, 'scan')),
    } : {})
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
      const old = from.checks.find(same(check))
      if (old !== undefined) {
        if ((old.comment ?? null) !== (check.comment ?? null)) statements.push(checkComment(to, check.name, check.comment))
        continue
      }
      statements.push(`ALTER DOMAIN ${name} ADD CONSTRAINT ${quoteName(check.name)} CHECK (${stable(check.expression)})${check.validated === false ? ' NOT VALID' : ''}`)
      if (check.comment != null) statements.push(checkComment(to, check.name, check.comment))
    }
  }
  return [...statements, ...redecorate(from, to, fields, typeTarget(name, 'DOMAIN'))]
}

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
    if (isRetyped(operation)) return retype(operation, context, compositeText(to), compositeExtras(to))
    const changes = fields.includes('attributes') ? (alterAttributes(from, to) ?? []) : []
    return stepFor(operation, context, [...changes, ...redecorate(from, to, fields, typeTarget(qualified(to), 'TYPE'))], { class: 'incompatible' })
  },
  rename: renameTo('TYPE'),
}

const rangeText = (type: RangeType): string => `CREATE TYPE ${qualified(type)} AS RANGE (${type.options.join(', ')})`

/** Range types. */
export const rangeRenderer: KindRenderer<'range'> = {
  create: (operation, context) =>
    stepFor(operation, context, [rangeText(operation.to), ...decorate(operation.to, typeTarget(qualified(operation.to), 'TYPE'), context)]),
  drop: (operation, context) => stepFor(operation, context, [`DROP TYPE ${qualified(operation.from)}`], { class: 'incompatible' }),
  alter: (operation, context) => {
    const target = typeTarget(qualified(operation.to), 'TYPE')
    if (isRetyped(operation)) return retype(operation, context, rangeText(operation.to), decorate(operation.to, target))
    return stepFor(operation, context, redecorate(operation.from, operation.to, operation.fields, target))
  },
  rename: renameTo('TYPE'),
}
