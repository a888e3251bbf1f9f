// Writes docs/reference/models/facts.md from the models of the tests. Run it as `node --import tsx scripts/facts.mjs`.
import { writeFileSync } from 'node:fs'
import { factsPage } from '../test/models/facts.ts'

writeFileSync(new URL('../docs/reference/models/facts.md', import.meta.url), await factsPage())
