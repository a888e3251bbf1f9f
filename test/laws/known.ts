/** A way that the planner does not find yet, by what the server or the planner says of it. */
export interface Known {
  readonly says: RegExp
  readonly why: string
}

/** Counted and printed by every run, and few: a run in which they are many fails. */
export const KNOWN: readonly Known[] = [
  { says: /is a generated column/, why: 'a partition column with a default of its own whose parent stops being generated' },
  { says: /cannot drop type .* because other objects depend on it/, why: 'an enum that loses a value while a composite type or a domain is made of it' },
  { says: /cannot drop table .* because other objects depend on it/, why: 'a table whose partitions its own foreign key holds' },
  { says: /\[law\.part \d \d\]\/indexes\/\[part \d \d_[^\]]*_idx\d*\]/, why: 'the name that the server gives the index of a partition while another equal one of its parent goes' },
]

/** The entry that explains a failure; `undefined` for a new one. */
export const explain = (message: string): Known | undefined => KNOWN.find(({ says }) => says.test(message.split('\n-- the plan:')[0] ?? ''))
