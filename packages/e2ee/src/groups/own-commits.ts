import { type AppliedCommit, compare, type MadeCommit } from './commits.ts'
import { type Accepts, type Group, toGroup } from './group.ts'
import { assertWhole } from './keep-group.ts'
import { listLeaves } from './members.ts'
import { addHistoricalReceiverData, decodeGroupState, encodeGroupState } from './mls.ts'

/**
 * A commit of one's own for the vault, to be written before it is sent: whoever ends meanwhile, or gets no answer, learns
 * from the service whether it was taken, and could not apply it as others do.
 */
export function encodeMadeCommit({ group }: Pick<MadeCommit, 'group'>): Uint8Array {
  return encodeGroupState({ ...group.state, historicalReceiverData: new Map() })
}

/** The group that a commit of one's own began, or by which this device came in: before it, there was none here. */
export function readMadeGroup(made: Uint8Array, accepts: Accepts): Group {
  return toGroup(assertWhole(decodeGroupState(made, 0)), accepts)
}

/** What a commit of one's own makes of its group, once the service took it. */
export function takeOwnCommit({ state: before }: Group, made: Uint8Array): AppliedCommit {
  const { clientConfig } = before
  // What was read since it was made has used keys up: these are those of now.
  const [historicalReceiverData] = addHistoricalReceiverData(before)
  const state = { ...assertWhole(decodeGroupState(made, 0)), historicalReceiverData, clientConfig }
  const by = listLeaves(before).get(before.privatePath.leafIndex)
  if (!by) throw new Error('Whoever made a commit is in the group')
  return { group: { state }, by, ...compare(before, state) }
}
