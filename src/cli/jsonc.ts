/** The text of code or JSON without comments; what stands in strings stays. */
export function withoutComments(text: string): string {
  return text.replace(/("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, kept: string | undefined) => kept ?? ' ')
}

/** JSON with comments and trailing commas, as tsconfig.json is written; `null` for what is no object. */
export function parseJson(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const plain = withoutComments(text.replace(/^\uFEFF/, '')).replace(/("(?:\\.|[^"\\\n])*")|,(?=\s*[}\]])/g, (_, kept: string | undefined) => kept ?? '')
    return asRecord(JSON.parse(plain))
  } catch {
    return null
  }
}

/** An object as a record; `null` for anything else. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> | null {
  // Reading a member of any object is safe; what it is gets checked where it is used.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : null
}
