import type { Approach, ApproachRequest, Blocker, Obstacle, Session, TableLock } from '../dialect.ts'
import { failure } from './failure.ts'
import type { Holder, Seen } from './look.ts'
import { lookStatement, readersStatement } from './look.ts'
import { withoutLimits } from './session/settings.ts'
import { isTaken, weakLocks } from './weak-locks.ts'

/** A holder may be this much older than the strong request may last: everything younger is traffic that goes by itself. */
const YOUNG = 2
/** A table that always has transactions of a second gets its tries, too, but few: what counts as traffic then grows with patience. Share, and milliseconds. */
const YOUNG_SHARE = 0.1
const YOUNG_AT_MOST = 2_000
const DARE_EVERY = 3_000
/** A transaction that was seen at this age is one of those that last: most are over sooner. Milliseconds. */
const LASTING = 8
/** A transaction that was prepared longer ago than this is nobody's business in hand. Milliseconds. */
const PREPARED_IN_HAND = 5_000

/**
 * Looks at `pg_locks`, which every role may read, before a strong lock is asked for. Whoever was there at two looks is older
 * than the time between them; where the role may see `pg_stat_activity`, the first look tells. Autovacuum is sent away by a
 * weak lock, which no query notices: the server cancels it after `deadlock_timeout`, unless it prevents a wraparound.
 */
export function approach(request: ApproachRequest): Approach | null {
  return request.locks.some(isTaken) ? new Look(request) : null
}

class Look implements Approach {
  readonly #request: ApproachRequest
  readonly #statement: string
  /** The earliest moment at which each holder can have begun, by the clock of this process. */
  readonly #born = new Map<string, number>()
  readonly #began = performance.now()
  #last: number | null = null
  /** When it was last let ask although somebody older was there. */
  #dared = performance.now()
  /** Of those in the way at the last look, in milliseconds. */
  #ages: readonly number[] = []
  beforehand: readonly TableLock[] = []

  constructor(request: ApproachRequest) {
    this.#request = request
    this.#statement = lookStatement(request.locks)
  }

  async look(): Promise<Obstacle | null> {
    const seen = await this.#ask()
    const obstacle = this.#judge(seen)
    if (obstacle !== null || !seen.holders.some(isVacuum)) return obstacle
    return (await this.#sendVacuumAway()) ? this.#judge(await this.#ask()) : stubbornVacuum(seen.holders.filter(isVacuum).map((holder) => this.#blockerOf(holder)))
  }

  hasJustBegun(budget: number): boolean {
    return this.#ages.some((age) => age >= LASTING) && this.#ages.some((age) => age < budget)
  }

  async #ask(): Promise<Seen> {
    const seen = (await this.#request.session.json<Seen>(this.#statement)) ?? { lockable: [], holders: [], standbys: [] }
    this.beforehand = this.#request.locks.filter((lock, place) => isTaken(lock) && seen.lockable.includes(place))
    const now = performance.now()
    for (const holder of seen.holders) {
      const key = keyOf(holder)
      if (holder.age !== null) this.#born.set(key, now - holder.age)
      else if (!this.#born.has(key)) this.#born.set(key, this.#last ?? Number.NEGATIVE_INFINITY)
    }
    this.#last = now
    return seen
  }

  #judge({ holders, standbys }: Seen): Obstacle | null {
    const wraparound = holders.filter((holder) => isVacuum(holder) && holder.wraparound)
    if (wraparound.length > 0) return wraparoundVacuum(wraparound.map((holder) => this.#blockerOf(holder)))
    const now = performance.now()
    const others = holders.filter((holder) => !isVacuum(holder))
    const ageOf = (holder: Holder): number => now - (this.#born.get(keyOf(holder)) ?? 0)
    this.#ages = others.map(ageOf)
    const olderThan = (age: number): readonly Holder[] => others.filter((holder) => ageOf(holder) > age)
    const old = olderThan(YOUNG * this.#request.lockTimeout)
    const mayDare = now - this.#dared > DARE_EVERY && olderThan(Math.min(YOUNG_AT_MOST, YOUNG_SHARE * (now - this.#began))).length === 0
    if (old.length > 0 && mayDare && standbys.length === 0 && old.every((holder) => holder.pid !== null)) {
      this.#dared = now
      return null
    }
    const prepared = old.filter((holder) => holder.pid === null)
    if (prepared.length > 0) return preparedTransaction(prepared, prepared.map((holder) => this.#blockerOf(holder)))
    if (old.length > 0) return sessions(old, old.map((holder) => this.#blockerOf(holder)))
    return standbys.length === 0 ? null : laggingStandby(standbys)
  }

  #blockerOf(holder: Holder): Blocker {
    const age = performance.now() - (this.#born.get(keyOf(holder)) ?? 0)
    return blockerOf(holder, Number.isFinite(age) ? Math.round(age) : null)
  }

  /** False when it does not go. */
  async #sendVacuumAway(): Promise<boolean> {
    try {
      await this.#request.session.script(['BEGIN', ...withoutLimits(this.#request.session.version), ...weakLocks(this.beforehand), 'COMMIT'])
      return true
    } catch (error) {
      if (failure(error).kind === 'lock-timeout') return false
      throw error
    }
  }
}

/** Who keeps even readers from a table, so that what describes it cannot be read. */
export async function readersObstacle(session: Session): Promise<Obstacle | null> {
  const holders = (await session.json<readonly Holder[]>(readersStatement())) ?? []
  if (holders.length === 0) return null
  const blockers = holders.map((holder) => blockerOf(holder, holder.age))
  const prepared = holders.filter((holder) => holder.pid === null)
  return prepared.length > 0 ? preparedTransaction(prepared, blockers.filter(({ pid }) => pid === null)) : sessions(holders, blockers)
}

const blockerOf = ({ pid, user, application, state, relation, mode }: Holder, age: number | null): Blocker => ({ pid, user, application, state, age, relation, mode })

const keyOf = ({ pid, vxid }: Pick<Holder, 'pid' | 'vxid'>): string => `${pid} ${vxid}`

/** A session without a user is one of the server's own; a role that may not see its kind still sees that. */
const isVacuum = (holder: Holder): boolean => holder.pid !== null && (holder.backend === 'autovacuum worker' || (holder.backend === null && holder.user === null && holder.mode === 'SHARE UPDATE EXCLUSIVE'))

const SEEING = 'GRANT pg_read_all_stats TO this role lets trueup say more.'

function sessions(holders: readonly Holder[], blockers: readonly Blocker[]): Obstacle {
  const [first] = blockers
  const blind = holders.some((holder) => holder.state === null && holder.backend === null)
  const more = blockers.length > 1 ? `, and ${blockers.length - 1} more` : ''
  return {
    kind: 'session', lasting: false, blockers,
    message: first === undefined ? '' : `${sessionText(first)}${more}`,
    hint: `End that session's transaction or wait for it: SELECT pg_terminate_backend(${first?.pid}) ends it.${blind ? ` ${SEEING}` : ''}`,
  }
}

function sessionText({ pid, user, application, state, age, relation, mode }: Blocker): string {
  const who = [user === null ? null : `user ${user}`, application === null || application === '' ? null : `application ${application}`].filter((part) => part !== null)
  const since = age === null ? 'for a time that this role may not see' : `for ${duration(age)}`
  const doing = state === null ? 'in a state that this role may not see' : state
  return `pid ${pid} (${[...who, `${doing} ${since}`].join(', ')}) with ${mode} on ${relation}`
}

const duration = (milliseconds: number): string => (milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : milliseconds < 120_000 ? `${(milliseconds / 1000).toFixed(1)} s` : `${Math.round(milliseconds / 60_000)} min`)

function preparedTransaction(holders: readonly Holder[], blockers: readonly Blocker[]): Obstacle {
  const [holder] = holders
  const [blocker] = blockers
  const name = holder?.prepared ?? 'of an unknown name'
  return {
    kind: 'prepared-transaction', blockers, lasting: (blocker?.age ?? 0) > PREPARED_IN_HAND,
    message: `the prepared transaction ${JSON.stringify(name)}${blocker?.user === null ? '' : ` of user ${blocker?.user}`} with ${blocker?.mode} on ${blocker?.relation}, prepared ${duration(blocker?.age ?? 0)} ago`,
    hint: 'It belongs to no session and lasts until somebody ends it: COMMIT PREPARED or ROLLBACK PREPARED with its name, as its coordinator decided.',
  }
}

function wraparoundVacuum(blockers: readonly Blocker[]): Obstacle {
  return {
    kind: 'wraparound-vacuum', lasting: true, blockers,
    message: `an autovacuum of ${blockers[0]?.relation} that prevents transaction id wraparound (pid ${blockers[0]?.pid}); the server does not send it away`,
    hint: 'Start again when it is done: pg_stat_progress_vacuum shows how far it is. Cancelling it only makes it begin anew.',
  }
}

function stubbornVacuum(blockers: readonly Blocker[]): Obstacle {
  return {
    kind: 'vacuum', lasting: false, blockers,
    message: `maintenance of ${blockers[0]?.relation} (pid ${blockers[0]?.pid}) that did not give way`,
    hint: `A VACUUM by hand, an index build or another schema change holds the table. ${SEEING}`,
  }
}

function laggingStandby(standbys: Seen['standbys']): Obstacle {
  const [first] = standbys
  return {
    kind: 'standby', lasting: false, blockers: [],
    message: `the standby ${first?.name === '' ? '(unnamed)' : first?.name}, ${duration(first?.lag ?? 0)} behind: an exclusive lock that it replays would hold up its queries`,
    hint: 'Let it catch up, or end the long query there that keeps it from replaying; then start again.',
  }
}
