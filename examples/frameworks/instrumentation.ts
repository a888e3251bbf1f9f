/**
 * Next.js calls this once in each server, before it answers. In the Edge runtime there are no database connections, and the
 * import must not even be reached there.
 */
export async function register(): Promise<void> {
  if (process.env['NEXT_RUNTIME'] !== 'nodejs') return
  const { schema } = await import('./notes.ts')
  await schema.applyMigrations()
}
