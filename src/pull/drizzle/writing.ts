import { Names } from './names.ts'

/** The first line's beginning: only a file that has it is ever written over. */
export const DRIZZLE_MARK = '// trueup pull: '

/** Models as they are written: what is imported, what is declared, what could not be said. */
export class Writing {
  readonly #module: string
  readonly #imports = new Set<string>()
  readonly #types = new Map<string, string>()
  readonly #declarations: string[] = []
  readonly omitted: string[] = []
  readonly names = Names.ofVariables()
  #usesSql = false

  /** @param module where Drizzle's builders for this database come from */
  constructor(module: string) {
    this.#module = module
  }

  /** The name of a builder, imported. */
  use(builder: string): string {
    this.#imports.add(builder)
    return builder.replace(/^type /, '')
  }

  /** A piece of SQL in Drizzle's tag. */
  sql(text: string, values: (text: string) => string = escapeTemplate): string {
    this.#usesSql = true
    return `sql\`${values(text)}\``
  }

  declare(text: string): void {
    this.#declarations.push(text)
  }

  /** A type that Drizzle has no builder for. */
  customType(type: string): string {
    const known = this.#types.get(type)
    if (known !== undefined) return known
    const name = this.names.take(`${type.replace(/^(public\.|pg_catalog\.)/, '')} type`)
    this.#types.set(type, name)
    this.use('customType')
    return name
  }

  /** The whole file. */
  text(): string {
    const imports = [...this.#imports].sort((a, b) => (plain(a) < plain(b) ? -1 : 1))
    const types = [...this.#types].map(([type, name]) => `const ${name} = customType<{ data: string }>({ dataType: () => ${string(type)} })`)
    return `${[
      `${DRIZZLE_MARK}Drizzle models. The next pull writes over them, unless this line is removed.`,
      [...(this.#usesSql ? [`import { sql } from 'drizzle-orm'`] : []), ...(imports.length === 0 ? [] : [`import { ${imports.join(', ')} } from '${this.#module}'`])].join('\n'),
      types.join('\n'),
      ...this.#declarations,
      this.omitted.length === 0 ? '' : ['// Not in these models, because Drizzle cannot say it:', ...this.omitted.map((line) => `// - ${line.replace(/\s+/g, ' ')}`)].join('\n'),
    ].filter((part) => part !== '').join('\n\n')}\n`
  }
}

const plain = (name: string): string => name.replace(/^type /, '')

/** A text as a JavaScript string. */
export const string = (text: string): string => `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'").replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`

/** A text between backticks. */
export const escapeTemplate = (text: string): string => text.replace(/[\\`]|\$(?=\{)/g, '\\$&').replaceAll('\r', '\\r')

/** `{ a: 1 }` of what is there; nothing when nothing is. */
export function options(entries: Readonly<Record<string, string | undefined>>): string | undefined {
  const given = Object.entries(entries).filter(([, value]) => value !== undefined)
  return given.length === 0 ? undefined : `{ ${given.map(([key, value]) => `${key}: ${value}`).join(', ')} }`
}

/** A call with the arguments that are there. */
export const call = (name: string, ...args: readonly (string | undefined)[]): string => `${name}(${args.filter((arg) => arg !== undefined).join(', ')})`
