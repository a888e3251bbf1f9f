import type { OnlineStyle } from '../../online.ts'
import { contract, undo } from './ends.ts'
import { hide } from './hide.ts'
import { pairs } from './mark.ts'
import { obstacle } from './obstacle.ts'
import { prepare } from './prepare.ts'

/** Two columns in step, by a trigger and its comment. */
export const online: OnlineStyle = { pairs, hide, prepare, contract, undo, obstacle }
