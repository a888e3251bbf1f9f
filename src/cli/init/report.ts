import type { FoundDriver } from './drivers.ts'
import type { Entry } from './entry.ts'
import type { ModelFinding } from './finding.ts'
import type { Look } from './look.ts'
import type { OtherTool } from './other-tools.ts'

/** What `init` found, wrote and saw. Plain data: `--json` prints it. */
export interface InitReport {
  readonly project: string
  readonly config: { readonly file: string; readonly written: boolean; readonly text: string }
  readonly models: Pick<ModelFinding, 'kind' | 'title' | 'files' | 'notes'>
  readonly alsoFound: readonly Pick<ModelFinding, 'kind' | 'title' | 'files'>[]
  readonly dialect: 'postgres' | 'sqlite'
  readonly drivers: readonly FoundDriver[]
  /** The environment variable that the database is taken from; `null` where none is. */
  readonly variable: string | null
  readonly otherTools: readonly OtherTool[]
  readonly entry: Entry
  /** `null` when no database was asked. */
  readonly look: Look | null
  readonly next: readonly string[]
}
