// Writes docs/reference/cli.md from the help texts of the command line; with --check it only tells whether that is current.
// Run it as `node --import tsx scripts/reference.mjs`.
import { readFileSync, writeFileSync } from 'node:fs'
import { CATALOGUE } from '../src/cli/catalogue.ts'
import { commandHelp, generalHelp } from '../src/cli/help.ts'

const file = new URL('../docs/reference/cli.md', import.meta.url)
const block = (text) => `\`\`\`\n${text}\n\`\`\``

const page = [
  '# Command line',
  '<!-- Made by scripts/reference.mjs from the help texts. Change those. -->',
  block(generalHelp()),
  'In a program of your own: `import { runCli } from \'trueup/cli\'`, then `await runCli(app, process.argv)`. It sets `process.exitCode` and closes the application.',
  'Every command ends by itself; none asks anything. Colours and symbols appear on a terminal only, colours not where `NO_COLOR` is set.',
  ...Object.entries(CATALOGUE).flatMap(([name]) => [`## ${name}`, block(commandHelp(name))]),
  '---',
  'Next: [Options](options.md) · Up: [Documentation](../README.md)',
].join('\n\n') + '\n'

if (process.argv.includes('--check')) {
  const current = readFileSync(file, 'utf8') === page
  if (!current) process.stderr.write('docs/reference/cli.md is not current: run `node --import tsx scripts/reference.mjs`\n')
  process.exitCode = current ? 0 : 1
} else {
  writeFileSync(file, page)
}
