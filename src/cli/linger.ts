const PATIENCE = 1_000

/**
 * Ends a process that a configuration keeps alive after the work is done: a pool of the user's own that nobody closes would
 * hold a CI job for ever. The timer itself holds nothing: a process that can end does so at once.
 */
export function endWhenIdle(): void {
  setTimeout(() => {
    // A slow reader gets all of the answer first.
    if (process.stdout.writableLength + process.stderr.writableLength > 0) return endWhenIdle()
    process.stderr.write('trueup: ended, although the configuration still holds something open, such as a connection pool.\n')
    process.exit()
  }, PATIENCE).unref()
}
