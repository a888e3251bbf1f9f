#!/usr/bin/env node
import nodeModule from 'node:module'

// Node 22.1 and later keep compiled code between runs; Node 20 has no such cache.
;(nodeModule as { readonly enableCompileCache?: () => unknown }).enableCompileCache?.()

// `trueup plan | head`: a reader that has seen enough is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

const { runWith } = await import('./run.ts')
let loaded = false
await runWith(async (config, cwd) => {
  loaded = true
  return (await import('./load.ts')).loadApp(config, cwd)
}, process.argv)
if (loaded) (await import('./linger.ts')).endWhenIdle()
