// Runs every bench in turn and ends with 1 when one of them missed a target.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const BENCHES = [['size'], ['cli'], ['diff'], ['models'], ['start'], ['create'], ['introspect', '--quick']] as const
for (const [name, ...args] of BENCHES) {
  console.log(`\n== ${name}`)
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', fileURLToPath(new URL(`./${name}.ts`, import.meta.url)), ...args], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
