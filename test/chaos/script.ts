import type { ErrorCode } from '@secureconnect/protocol'
import type { Act } from './acts.ts'
import type { Cast } from './cast.ts'
import type { Needs, System } from './system.ts'

/** What a script works with. */
export type Scene = {
  system: System
  cast: Cast
  /** Random, but the same for the same seed. */
  upTo: (max: number) => number
}

/** Something that is to be seen while it lasts, and not any more once it is over. */
export type Sign = { name: string; isSeen: (scene: Scene) => Promise<boolean> }

/** What may become of an act meanwhile. */
export type Refusal = {
  code: ErrorCode
  /** Some of them may go on, from what is at hand. */
  mayBeDone?: true
  /** Nobody is told to come again, for what he shows is taken for bad. */
  isFinal?: true
  /** Because of what else comes of the fault. */
  orElse?: ErrorCode
}

/** One row of the table of promises, as one fault. */
export type Script = {
  fault: string
  /** What has to be so before. */
  prepare?: (scene: Scene) => Promise<unknown>
  strike: (scene: Scene) => Promise<unknown>
  heal: (scene: Scene) => Promise<unknown>
  /** The acts that do not go on, and how each is refused. */
  refused?: Partial<Record<Act, Refusal | 'not asked of us'>>
  signs?: readonly Sign[]
  /** What else is to be true while it lasts, told in words. */
  meanwhile?: (scene: Scene) => Promise<readonly string[]>
  /** What else is to be true once it is over. */
  afterwards?: (scene: Scene) => Promise<readonly string[]>
  /** How long the call may be silent. */
  silentMs?: number
  backWithinMs?: number
}

/** What one server or process owes, and the faults by which that is tried. */
export type Part = {
  name: string
  promise: string
  needs?: Needs
  scripts: readonly Script[]
}

/** What a script showed. */
export type Finding = {
  fault: string
  /** Why the promise was not kept, if so. */
  broken?: string
  /** How many acts were done meanwhile, of how many. */
  done: number
  of: number
  /** What was refused, each as `503 SERVICE_UNAVAILABLE: sign in`. */
  refusals: string[]
  slowestRefusalMs: number
  /** What was seen, with the milliseconds until then. */
  seenAfterMs: Record<string, number>
  backAfterMs: number
  longestSilenceMs: number
  acknowledged: number
  notes: string[]
}
