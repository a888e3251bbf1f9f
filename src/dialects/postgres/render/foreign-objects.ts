import type { UserMapping } from '../../../schema/schema.ts'
import type { KindRenderer } from '../../dialect.ts'
import { changeForeignOptions, foreignOptions } from './foreign.ts'
import { literal, quoteName } from './names.ts'
import type { Target } from './privileges.ts'
import { decorate, redecorate } from './privileges.ts'
import { renameTo } from './rename.ts'
import { stepFor } from './step.ts'

const wrapperTarget = (name: string): Target => ({ grant: `FOREIGN DATA WRAPPER ${quoteName(name)}`, comment: `FOREIGN DATA WRAPPER ${quoteName(name)}`, all: 'U', publicHas: '' })
const serverTarget = (name: string): Target => ({ grant: `FOREIGN SERVER ${quoteName(name)}`, comment: `SERVER ${quoteName(name)}`, all: 'U', publicHas: '' })

/** ` OPTIONS (…)` as a part of an ALTER; nothing when they stay. */
const optionChange = (from: readonly string[], to: readonly string[], fields: readonly string[]): string => (fields.includes('options') ? ` ${changeForeignOptions(from, to)}` : '')

/** A function of the wrapper, in the server's words already. */
const role = (word: string, name: string | null): string => (name === null ? ` NO ${word}` : ` ${word} ${name}`)

/** Foreign-data wrappers that belong to no extension. */
export const wrapperRenderer: KindRenderer<'wrapper'> = {
  create: (operation, context) => {
    const { to } = operation
    const text = `CREATE FOREIGN DATA WRAPPER ${quoteName(to.name)}${role('HANDLER', to.handler)}${role('VALIDATOR', to.validator)}${foreignOptions(to.options)}`
    return stepFor(operation, context, [text, ...decorate(to, wrapperTarget(to.name))])
  },
  drop: (operation, context) => stepFor(operation, context, [`DROP FOREIGN DATA WRAPPER ${quoteName(operation.from.name)}`], { class: 'incompatible' }),
  alter: (operation, context) => {
    const { from, to, fields } = operation
    const change = [
      fields.includes('handler') ? role('HANDLER', to.handler) : '',
      fields.includes('validator') ? role('VALIDATOR', to.validator) : '',
      optionChange(from.options, to.options, fields),
    ].join('')
    const statements = change === '' ? [] : [`ALTER FOREIGN DATA WRAPPER ${quoteName(to.name)}${change}`]
    return stepFor(operation, context, [...statements, ...redecorate(from, to, fields, wrapperTarget(to.name))], change === '' ? {} : { class: 'incompatible' })
  },
  rename: renameTo('FOREIGN DATA WRAPPER'),
}

/** Foreign servers. */
export const serverRenderer: KindRenderer<'server'> = {
  create: (operation, context) => {
    const { to } = operation
    const text = [
      `CREATE SERVER ${quoteName(to.name)}`,
      to.type === null ? '' : ` TYPE ${literal(to.type)}`,
      to.version === null ? '' : ` VERSION ${literal(to.version)}`,
      ` FOREIGN DATA WRAPPER ${quoteName(to.wrapper)}${foreignOptions(to.options)}`,
    ].join('')
    return stepFor(operation, context, [text, ...decorate(to, serverTarget(to.name))])
  },
  drop: (operation, context) => stepFor(operation, context, [`DROP SERVER ${quoteName(operation.from.name)}`], { class: 'incompatible' }),
  alter: (operation, context) => {
    const { from, to, fields } = operation
    const version = fields.includes('version') && to.version !== null ? ` VERSION ${literal(to.version)}` : ''
    const change = `${version}${optionChange(from.options, to.options, fields)}`
    const statements = change === '' ? [] : [`ALTER SERVER ${quoteName(to.name)}${change}`]
    return stepFor(operation, context, [...statements, ...redecorate(from, to, fields, serverTarget(to.name))], change === '' ? {} : { class: 'incompatible' })
  },
  rename: renameTo('SERVER'),
}

const mappingName = ({ user, server }: UserMapping): string => `USER MAPPING FOR ${user === 'public' ? 'PUBLIC' : quoteName(user)} SERVER ${quoteName(server)}`

/** User mappings; those that hold a secret never come this far. */
export const userMappingRenderer: KindRenderer<'userMapping'> = {
  create: (operation, context) => stepFor(operation, context, [`CREATE ${mappingName(operation.to)}${foreignOptions(operation.to.options)}`]),
  drop: (operation, context) => stepFor(operation, context, [`DROP ${mappingName(operation.from)}`], { class: 'incompatible' }),
  alter: (operation, context) => {
    const { from, to, fields } = operation
    return stepFor(operation, context, fields.includes('options') ? [`ALTER ${mappingName(to)}${optionChange(from.options, to.options, fields)}`] : [], { class: 'incompatible' })
  },
  // Its name is made of the role's and the server's.
  rename: () => [],
}
