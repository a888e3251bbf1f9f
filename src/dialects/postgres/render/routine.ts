import type { Routine } from '../../../schema/schema.ts'
import type { KindRenderer, RenderContext, Step } from '../../dialect.ts'
import type { Operation } from '../../../operations/operation.ts'
import { qualified, quoteName } from './names.ts'
import type { Target } from './privileges.ts'
import { decorate, redecorate } from './privileges.ts'
import { HAZARDS, stepFor } from './step.ts'

const WORDS = { function: 'FUNCTION', window: 'FUNCTION', procedure: 'PROCEDURE', aggregate: 'AGGREGATE' } as const
const GRANTS = { function: 'FUNCTION', window: 'FUNCTION', procedure: 'PROCEDURE', aggregate: 'FUNCTION' } as const

function nameOf(routine: Routine): string {
  const signature = routine.signature === '' && routine.routine === 'aggregate' ? '*' : routine.signature
  return `${qualified(routine)}(${signature})`
}

const target = (routine: Routine): Target => ({
  grant: `${GRANTS[routine.routine]} ${qualified(routine)}(${routine.signature})`,
  comment: `${WORDS[routine.routine]} ${nameOf(routine)}`,
  all: 'X',
  publicHas: 'X',
})

/** What a body refers to may come later in the plan: the server looks at it when it is called. */
const UNCHECKED = 'SET LOCAL check_function_bodies = off'

function define(operation: Operation, context: RenderContext, routine: Routine, after: readonly string[], more: Partial<Step> = {}): readonly Step[] {
  const check = routine.routine === 'aggregate' ? [] : [UNCHECKED]
  return stepFor(operation, context, [...check, routine.definition, ...after], more)
}

/** Functions, procedures and aggregates. */
export const routineRenderer: KindRenderer<'routine'> = {
  create: (operation, context) => define(operation, context, operation.to, decorate(operation.to, target(operation.to), context)),
  drop: (operation, context) => {
    const { from } = operation
    return stepFor(operation, context, [`DROP ${WORDS[from.routine]} ${nameOf(from)}`], { class: 'incompatible' })
  },
  alter: (operation, context) => {
    const { from, to, fields } = operation
    const rest = redecorate(from, to, fields, target(to))
    if (!fields.includes('definition')) return stepFor(operation, context, rest)
    return define(operation, context, to, rest)
  },
  rename: (operation, context) =>
    stepFor(operation, context, [`ALTER ROUTINE ${quoteName(operation.ref.schema)}.${operation.ref.name} RENAME TO ${quoteName(operation.newName)}`], {
      class: 'incompatible',
      hazards: [HAZARDS.breaks('the old name is gone')],
    }),
}
