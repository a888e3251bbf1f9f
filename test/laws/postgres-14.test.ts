import { engines } from './engine.ts'
import { SHARES, laws } from './run.ts'

for (const kind of engines().filter(({ title }) => title === 'PostgreSQL 14')) laws(kind, SHARES.server)
