import type { Normalised, Probe, Session } from '../dialects/dialect.ts'
import type { Schema } from '../schema/schema.ts'

interface Known {
  /** What the models say, where a server has to read them. */
  models?: Schema
  /** The digest that was seen before the database was described. */
  digest?: string
  live?: Schema
  /** What the models are in the server's words beside that description, for the entries as they stood. */
  words?: { readonly entries: string; readonly normalised: Normalised }
}

const known = new WeakMap<Session, Known>()

function of(session: Session): Known {
  const there = known.get(session) ?? {}
  known.set(session, there)
  return there
}

/** The models as a server reads them: their texts stay the same for as long as a session lasts. */
export async function modelsOnce(session: Session, read: () => Promise<Schema>): Promise<Schema> {
  const mine = of(session)
  return (mine.models ??= await read())
}

/**
 * The description of the database, read again only when something has moved. One start looks several times, and most looks find
 * what the one before them found: what was read between two looks with the same digest is what is there.
 */
export async function describedOnce(session: Session, probe: Probe, read: () => Promise<Schema>): Promise<Schema> {
  const mine = of(session)
  if (mine.live !== undefined && mine.digest === probe.digest) return mine.live
  delete mine.words
  mine.live = await read()
  mine.digest = probe.digest
  return mine.live
}

/** The models in the server's words, asked again only beside another description or with other entries. */
export async function wordsOnce(session: Session, entries: string, ask: () => Promise<Normalised>): Promise<Normalised> {
  const mine = of(session)
  if (mine.words?.entries !== entries) mine.words = { entries, normalised: await ask() }
  return mine.words.normalised
}
