import { madeUpName } from '../render/names.ts'

/** A name that nobody has. */
export function free(base: string, label: string, taken: readonly string[]): string {
  for (let number = 1; ; number += 1) {
    const made = madeUpName([base], number === 1 ? label : `${label}${number}`)
    if (!taken.includes(made)) return made
  }
}
