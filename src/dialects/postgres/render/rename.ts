import type { RenameOperation } from '../../../operations/operation.ts'
import type { Kind } from '../../../schema/schema.ts'
import type { RenderContext, Step } from '../../dialect.ts'
import { qualified, quoteName, relationOf } from './names.ts'
import { ACCESS_EXCLUSIVE, HAZARDS, lock, stepFor } from './step.ts'

/** `ALTER TYPE … RENAME TO …` for an object of its own. */
export const renameTo =
  (word: string) =>
  (operation: RenameOperation<Kind>, context: RenderContext): readonly Step[] =>
    stepFor(operation, context, [`ALTER ${word} ${qualified(operation.ref)} RENAME TO ${quoteName(operation.newName)}`], {
      class: 'incompatible',
      hazards: [HAZARDS.breaks(`the old name ${operation.ref.name} is gone`)],
      ...(word.endsWith('TABLE') || word.endsWith('VIEW') ? { locks: lock(context, operation.ref, ACCESS_EXCLUSIVE) } : {}),
    })

/** `ALTER TRIGGER … ON … RENAME TO …` for what is named with its relation. */
export const renameOn =
  (word: string) =>
  (operation: RenameOperation<Kind>, context: RenderContext): readonly Step[] => {
    const table = relationOf(operation.ref)
    const statement = `ALTER ${word} ${quoteName(operation.ref.name)} ON ${qualified(table)} RENAME TO ${quoteName(operation.newName)}`
    return stepFor(operation, context, [statement], { locks: lock(context, table, ACCESS_EXCLUSIVE) })
  }
