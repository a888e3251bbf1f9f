#!/usr/bin/env node
import nodeModule from 'node:module'

// Node 22.1 and later keep compiled code between runs; Node 20 has no such cache.
;(nodeModule as { readonly enableCompileCache?: () => unknown }).enableCompileCache?.()

const { runWith } = await import('./run.ts')
await runWith(async (config, cwd) => (await import('./load.ts')).loadApp(config, cwd), process.argv)
