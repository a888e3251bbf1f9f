// Proves the laws on as many pairs of schemas as asked for: `npm run laws -- 100000`, `npm run laws -- 100000 SEED`.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const [pairs = '1000', seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2)
if (!/^\d+$/.test(pairs) || !/^\d+$/.test(seed)) {
  console.error('Usage: npm run laws -- PAIRS [SEED]')
  process.exit(1)
}
console.log(`${pairs} pairs, seed ${seed}`)
const env = { ...process.env, TRUEUP_TEST_MINUTES: String(15 + Number(pairs) / 10), TRUEUP_PAIRS: pairs, TRUEUP_SEED: seed }
const { status } = spawnSync(process.execPath, [fileURLToPath(new URL('test.mjs', import.meta.url)), 'laws/'], { env, stdio: 'inherit' })
process.exit(status ?? 1)
