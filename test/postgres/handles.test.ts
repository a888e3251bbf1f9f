import { after, before, describe, test } from 'node:test'
import { newestServer } from '../servers/postgres.ts'
import type { TestServer } from '../servers/postgres.ts'
import type { HandleKind } from './handles.ts'
import { HANDLES } from './handles.ts'
import { ORM_HANDLES } from './orm-handles.ts'
import { wholeStory } from './whole-story.ts'

const kind = newestServer()

describe('a whole start, by each handle', { skip: kind === null && 'no PostgreSQL server is installed here' }, () => {
  let server: TestServer
  before(async () => { server = await (kind as NonNullable<typeof kind>).start() })
  after(() => server.stop())
  for (const handle of [...HANDLES, ...ORM_HANDLES] satisfies readonly HandleKind[]) {
    test(handle.title, async (t) => {
      const opened = await handle.open(await server.createDatabase())
      t.after(() => opened.close())
      await wholeStory(opened)
    })
  }
})
