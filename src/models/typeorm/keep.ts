import type { DataSourceLike } from './shapes.ts'

/**
 * Has the next `initialize()` take what was built already. It would build everything a second time, which is most of what it does,
 * and make every subscriber anew. Only the next one, and only while the options and their lists are what they were.
 */
export function keepForInitialize(source: DataSourceLike): void {
  if (Object.hasOwn(source, 'buildMetadatas')) return
  const { entityMetadatas } = source
  const options = partsOf(source.options)
  Reflect.defineProperty(source, 'buildMetadatas', {
    configurable: true, writable: true, enumerable: false,
    value: async (): Promise<void> => {
      Reflect.deleteProperty(source, 'buildMetadatas')
      const now = partsOf(source.options)
      const same = source.entityMetadatas === entityMetadatas && now.length === options.length && now.every((part, at) => Object.is(part, options[at]))
      if (!same) await source.buildMetadatas?.()
    },
  })
}

/** The options by identity, and what their lists hold: `setOptions` writes into the same object, and lists may grow. */
const partsOf = (options: object): readonly unknown[] =>
  Object.entries(options).flatMap(([key, value]: [string, unknown]) => [key, value, ...(typeof value === 'object' && value !== null ? Object.values(value) : [])])
