import type { ChangeName } from './changes.ts'

/** Ways to make a change. */
export const POLICIES = ['trueup', 'naive', 'retries', 'typeorm'] as const
export type Policy = (typeof POLICIES)[number]

export interface Job {
  readonly url: string
  /** `null`: nothing is to be changed. */
  readonly change: ChangeName | null
  readonly policy: Policy
  /** Milliseconds after which a policy that tries again gives up. */
  readonly cap: number
}

export interface Told {
  readonly ok: boolean
  readonly attempts: number
  readonly milliseconds: number
  readonly error: string | null
}
