/**
 * What can be told of a JavaScript or TypeScript file by its text. The project's configurations are read, not run: they may open
 * connections. What is no plain literal is not guessed at.
 */

const LITERAL = String.raw`(?:'([^'\n]*)'|"([^"\n]*)"|` + '`([^`$]*)`)'

/** The strings that a property is given, one or a list: `schema: ['a.ts', 'b.ts']`. `null` when it is missing or no literal. */
export function stringsOf(code: string, property: string): readonly string[] | null {
  const one = new RegExp(String.raw`(?<![\w.])['"]?${property}['"]?\s*:\s*${LITERAL}`).exec(code)
  const list = new RegExp(String.raw`(?<![\w.])['"]?${property}['"]?\s*:\s*\[([^\]]*)\]`).exec(code)
  if (one !== null && (list === null || one.index <= list.index)) return [one[1] ?? one[2] ?? one[3] ?? '']
  const found = [...(list?.[1] ?? '').matchAll(new RegExp(LITERAL, 'g'))].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
  return found.length === 0 ? null : found
}

/** The only string of a property, or `null`. */
export const stringOf = (code: string, property: string): string | null => stringsOf(code, property)?.[0] ?? null

/** The environment variable that one of these properties is read from, or `null`. */
export function variableOf(code: string, properties: readonly string[]): string | null {
  for (const property of properties) {
    const value = new RegExp(String.raw`(?<![\w.])['"]?${property}['"]?\s*[:=]\s*([^,;\n}]*)`).exec(code)?.[1] ?? ''
    const name = variableIn(value)
    if (name !== null) return name
  }
  return null
}

/** The first environment variable of a text: `process.env.A`, `process.env['A']`, `env('A')`, `Bun.env.A`. */
export function variableIn(text: string): string | null {
  const found = /\benv(?:\.(\w+)|\[['"](\w+)['"]\]|\(\s*['"](\w+)['"]\s*\))/.exec(text)
  return found?.[1] ?? found?.[2] ?? found?.[3] ?? null
}

/** Under which name a module gives what is made by `new Class(`: `default`, a name, or `null` when it keeps it to itself. */
export function exportOf(code: string, made: RegExp): string | null {
  const source = made.source
  const named = new RegExp(String.raw`export\s+(?:const|let|var)\s+(\w+)\s*(?::[^=]+)?=\s*(?:await\s+)?${source}`).exec(code)?.[1]
  if (named !== undefined) return named
  if (new RegExp(String.raw`(?:export\s+default|module\.exports\s*=)\s+(?:await\s+)?${source}`).test(code)) return 'default'
  const kept = new RegExp(String.raw`(?:const|let|var)\s+(\w+)\s*(?::[^=]+)?=\s*(?:await\s+)?${source}`).exec(code)?.[1]
  if (kept === undefined) return null
  if (new RegExp(String.raw`(?:export\s+default|module\.exports\s*=)\s+${kept}\b`).test(code)) return 'default'
  const listed = new RegExp(String.raw`(?:export|module\.exports\s*=)\s*\{[^}]*\b${kept}\b(?:\s+as\s+(\w+))?[^}]*\}|exports\.${kept}\s*=`).exec(code)
  return listed === null ? null : (listed[1] ?? kept)
}

/** True for a text that is written with `import` and `export`. */
export const isModuleSyntax = (code: string): boolean => /^\s*(?:import\s[\w*{'"]|export\s)/m.test(code)
