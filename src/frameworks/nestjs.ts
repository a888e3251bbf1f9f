import type { ApplyOptions, Trueup } from '../api.ts'

/** The token under which providers get the object: `constructor(@Inject(TRUEUP) schema: TrueupProvider)`. */
export const TRUEUP: unique symbol = Symbol.for('trueup.nestjs') as never

/** What providers get. NestJS calls `onModuleDestroy`. */
export interface TrueupProvider {
  readonly schema: Trueup
  onModuleDestroy(): Promise<void>
}

/** A dynamic module by shape, so that nothing of NestJS is imported. */
export interface TrueupDynamicModule {
  readonly module: new () => object
  readonly global: true
  readonly providers: { provide: symbol; useFactory: () => Promise<TrueupProvider> }[]
  readonly exports: symbol[]
}

/**
 * A NestJS module: the schema is brought into line while the application is made, before any provider that injects `TRUEUP`; work
 * in the background is parked when it is closed (call `app.enableShutdownHooks()` for signals). A schema that cannot be brought
 * into line makes `NestFactory.create` fail.
 */
// NestJS names its modules by classes.
// oxlint-disable-next-line typescript/no-extraneous-class
export class TrueupModule {
  /** `imports: [TrueupModule.forRoot(schema)]` */
  static forRoot(schema: Trueup, options: ApplyOptions = {}): TrueupDynamicModule {
    const provide: symbol = TRUEUP
    const useFactory = async (): Promise<TrueupProvider> => {
      await schema.applyMigrations(options)
      return { schema, onModuleDestroy: () => schema.close() }
    }
    return { module: TrueupModule, global: true, providers: [{ provide, useFactory }], exports: [provide] }
  }
}
