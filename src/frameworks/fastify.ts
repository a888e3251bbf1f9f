import type { ApplyOptions, Trueup } from '../api.ts'

/** What is used of a Fastify instance, by shape. */
export interface FastifyLike {
  decorate(name: string, value: unknown): unknown
  addHook(name: 'onClose', hook: () => Promise<void>): unknown
}

export interface FastifyOptions extends ApplyOptions {
  /** What `trueup(…)` gave. */
  readonly schema: Trueup
}

/**
 * A Fastify plugin: the schema is brought into line before the server is ready, and work in the background is parked when it
 * closes. The object is there as `fastify.trueup`. A schema that cannot be brought into line makes `ready()` and `listen()` fail.
 *
 * `fastify.register(fastifyTrueup, { schema })`
 */
export const fastifyTrueup: (fastify: FastifyLike, options: FastifyOptions) => Promise<void> = Object.assign(
  async (fastify: FastifyLike, { schema, ...options }: FastifyOptions): Promise<void> => {
    await schema.applyMigrations(options)
    fastify.decorate('trueup', schema)
    fastify.addHook('onClose', () => schema.close())
  },
  // What fastify-plugin sets: the decoration is for the whole application, not for this plugin alone (https://fastify.dev/docs/latest/Reference/Plugins/).
  { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: 'trueup' },
)
