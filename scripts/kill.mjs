// Kills starts of every recipe at any message, so many times: `npm run kill -- 1000 [seed [recipe]]`. The same seed plays the same
// kills; with the name of a recipe only those of this recipe.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const [kills = '1000', seed, recipe] = process.argv.slice(2)
if (!/^\d+$/.test(kills)) {
  console.error('Give the number of kills: npm run kill -- 1000 [seed [recipe]]')
  process.exit(1)
}
// Six seconds a kill, on a machine that has other work too.
const env = { ...process.env, TRUEUP_TEST_MINUTES: String(15 + Number(kills) / 10), KILLS: kills, ...(seed !== undefined && { SEED: seed }), ...(recipe !== undefined && { RECIPE: recipe }) }
const { status } = spawnSync(process.execPath, [fileURLToPath(new URL('test.mjs', import.meta.url)), 'crash/matrix'], { stdio: 'inherit', env })
process.exit(status ?? 1)
