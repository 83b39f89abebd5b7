import { GroupError, judge } from './errors.ts'
import { epochOf, type Group, isMember } from './group.ts'
import { describeGroup } from './group-info.ts'
import { isSameDevice, isSameMember, listLeaves, type Member } from './members.ts'
import {
  type ClientState,
  createCommit,
  emptyPskIndex,
  type IncomingMessageCallback,
  type KeyPackage,
  type MLSMessage,
  type Proposal,
  processMessage,
} from './mls.ts'
import { loadSuite } from './suite.ts'
import { fromText, toText } from './wire.ts'

/** A commit that was made here. Only once the service took it as the epoch's one is `group` where we are. */
export type MadeCommit = { commit: string; groupInfo: string; welcome: string | undefined; group: Group }

export type Change = { add?: readonly KeyPackage[]; remove?: readonly Member[] }

function assertInside(group: Group): void {
  if (!isMember(group)) throw new GroupError('REMOVED', 'This device is not in the group any more.')
}

function toProposals({ state }: Group, { add = [], remove = [] }: Change): Proposal[] {
  const removed = [...listLeaves(state)].filter(([, member]) => remove.some((one) => isSameMember(one, member)))
  return [
    ...removed.map(([leaf]): Proposal => ({ proposalType: 'remove', remove: { removed: leaf } })),
    ...add.map((keyPackage): Proposal => ({ proposalType: 'add', add: { keyPackage } })),
  ]
}

/** Makes a commit that brings devices in and takes devices out, or only gives the group new keys. */
export async function makeCommit(group: Group, change: Change = {}): Promise<MadeCommit> {
  assertInside(group)
  const extraProposals = toProposals(group, change)
  const context = { state: group.state, cipherSuite: await loadSuite() }
  const made = await judge('change', () => createCommit(context, { extraProposals, ratchetTreeExtension: true }))
  const next = { state: made.newState }
  const { welcome } = made
  return {
    commit: toText(made.commit),
    groupInfo: await describeGroup(next),
    welcome: welcome && toText({ version: 'mls10', wireformat: 'mls_welcome', welcome }),
    group: next,
  }
}

/** What a commit of somebody else did. */
export type AppliedCommit = { group: Group; by: Member; added: Member[]; removed: Member[] }

const allowed = new Set<string | number>(['add', 'remove', 'external_init'])

/** Lets commits through that do what ours do, and notes who made them; whoever comes in by himself is no leaf yet. */
function watchCommit() {
  const seen: { committer?: number | undefined } = {}
  const callback: IncomingMessageCallback = (incoming) => {
    if (incoming.kind !== 'commit') return 'reject'
    seen.committer = incoming.senderLeafIndex
    return incoming.proposals.every(({ proposal }) => allowed.has(proposal.proposalType)) ? 'accept' : 'reject'
  }
  return { seen, callback }
}

function assertNext(group: Group, message: MLSMessage & { wireformat: 'mls_public_message' | 'mls_private_message' }) {
  const framed = message.wireformat === 'mls_public_message' ? message.publicMessage.content : message.privateMessage
  const epoch = Number(framed.epoch)
  if (epoch > epochOf(group)) throw new GroupError('MISSED', `Commits before that of epoch ${epoch} are missing.`)
  if (epoch < epochOf(group)) throw new GroupError('STALE', `The commit of epoch ${epoch} was applied before.`)
  if (framed.contentType !== 'commit') throw new GroupError('FORGED', 'It is no commit.')
}

/** Which devices came and went between two states of a group. */
export function compare(before: ClientState, after: ClientState) {
  const [old, now] = [[...listLeaves(before).values()], [...listLeaves(after).values()]]
  return {
    added: now.filter((one) => !old.some((other) => isSameMember(one, other))),
    removed: old.filter((one) => !now.some((other) => isSameMember(one, other))),
  }
}

/** Who came in by himself: he may take his own former place, and nobody else's. */
function findNewcomer(
  before: ClientState,
  { added, removed }: Pick<AppliedCommit, 'added' | 'removed'>,
  after: ClientState,
) {
  const newLeaves = [...listLeaves(after)].filter(([leaf]) => {
    const node = [before.ratchetTree[leaf * 2], after.ratchetTree[leaf * 2]]
    return node[0] !== node[1]
  })
  const [newcomer] = newLeaves.map(([, member]) => member)
  const isAlone = newLeaves.length === 1 && added.length <= 1
  if (!newcomer || !isAlone || removed.some((one) => !isSameDevice(one, newcomer)))
    throw new GroupError('FORGED', 'Somebody who came in by himself changed more than his own place.')
  return newcomer
}

/** Applies the next commit of a group: in their order, each once, and only whole. */
export async function applyCommit(group: Group, text: string): Promise<AppliedCommit> {
  assertInside(group)
  const message = fromText(text, 'mls_private_message', 'mls_public_message')
  assertNext(group, message)
  const { seen, callback } = watchCommit()
  const suite = await loadSuite()
  const result = await judge('commit', () => processMessage(message, group.state, emptyPskIndex, callback, suite))
  if (result.kind !== 'newState' || result.actionTaken === 'reject')
    throw new GroupError('FORGED', 'This commit does what none of ours do.')
  const change = compare(group.state, result.newState)
  const committer = seen.committer === undefined ? undefined : listLeaves(group.state).get(seen.committer)
  const by = committer ?? findNewcomer(group.state, change, result.newState)
  if (committer && isMember({ state: result.newState }) && change.removed.some((one) => isSameMember(one, committer)))
    throw new GroupError('FORGED', 'Whoever made this commit took another name with it.')
  return { group: { state: result.newState }, by, ...change }
}
