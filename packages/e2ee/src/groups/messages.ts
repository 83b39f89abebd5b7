import { bytesToBase64 } from '../bytes.ts'
import { GroupError, judge } from './errors.ts'
import { epochOf, type Group, isMember } from './group.ts'
import { listLeaves, type Member } from './members.ts'
import { createApplicationMessage, type PrivateMessage, unprotectPrivateMessage, ValidationError } from './mls.ts'
import { loadSuite } from './suite.ts'
import { fromText, toText } from './wire.ts'

/**
 * What a message is bound to beside its group and epoch: by whom the service says that it is, as what, under which id.
 * Where the service tells its readers anything else, they notice.
 */
export type Binding = readonly string[]

const toBytes = (binding: Binding) => new TextEncoder().encode(JSON.stringify(binding))

type Plain = { plaintext: Uint8Array; binding: Binding }

/** Encrypts a message. `group` has to be kept before the ciphertext goes anywhere: its key must not serve twice. */
export async function encrypt(group: Group, { plaintext, binding }: Plain) {
  if (!isMember(group)) throw new GroupError('REMOVED', 'This device is not in the group any more.')
  const made = await createApplicationMessage(group.state, plaintext, await loadSuite(), toBytes(binding))
  const { privateMessage, newState } = made
  const ciphertext = toText({ version: 'mls10', wireformat: 'mls_private_message', privateMessage })
  return { group: { state: newState }, ciphertext, epoch: epochOf(group) }
}

/** What is needed to read messages of an epoch, the present one or one before it. */
function findEpoch({ state }: Group, epoch: bigint) {
  const { groupContext, secretTree, ratchetTree, keySchedule } = state
  if (epoch === groupContext.epoch)
    return { groupContext, secretTree, ratchetTree, senderDataSecret: keySchedule.senderDataSecret }
  if (epoch > groupContext.epoch) throw new GroupError('MISSED', `The commit that began epoch ${epoch} is missing.`)
  const former = state.historicalReceiverData.get(epoch)
  if (!former) throw new GroupError('STALE', `The keys of epoch ${epoch} are gone.`)
  return former
}

/** A group whose key for one message is used up. */
function use({ state }: Group, epoch: bigint, secretTree: Group['state']['secretTree']): Group {
  if (epoch === state.groupContext.epoch) return { state: { ...state, secretTree } }
  const former = state.historicalReceiverData.get(epoch)
  if (!former) return { state }
  const historicalReceiverData = new Map(state.historicalReceiverData).set(epoch, { ...former, secretTree })
  return { state: { ...state, historicalReceiverData } }
}

/** Opens it with the keys of its epoch; what was opened before has no key any more. */
async function open(group: Group, message: PrivateMessage) {
  const { senderDataSecret, secretTree, ratchetTree, groupContext } = findEpoch(group, message.epoch)
  const { keyRetentionConfig } = group.state.clientConfig
  const suite = await loadSuite()
  try {
    return await unprotectPrivateMessage(
      senderDataSecret,
      message,
      secretTree,
      ratchetTree,
      groupContext,
      keyRetentionConfig,
      suite,
    )
  } catch (error) {
    if (error instanceof ValidationError && error.message === 'Desired gen in the past')
      throw new GroupError('REPLAYED', 'This message was read before.', { cause: error })
    throw error
  }
}

/** The epoch that a message says it is of. */
export function epochOfMessage(ciphertext: string): number {
  return Number(fromText(ciphertext, 'mls_private_message').privateMessage.epoch)
}

export type Decrypted = { group: Group; plaintext: Uint8Array; sender: Member; epoch: number }

/** Decrypts a message, if it is what the service says it is. Where it is not, the group stays as it was. */
export async function decrypt(group: Group, ciphertext: string, binding: Binding): Promise<Decrypted> {
  const { privateMessage } = fromText(ciphertext, 'mls_private_message')
  const { groupId, epoch, authenticatedData, contentType } = privateMessage
  const isOurs = bytesToBase64(groupId) === bytesToBase64(group.state.groupContext.groupId)
  const isBound = bytesToBase64(authenticatedData) === bytesToBase64(toBytes(binding))
  if (!isOurs || !isBound || contentType !== 'application')
    throw new GroupError('FORGED', 'This message is not what the service says it is.')
  const { content: opened, tree } = await judge('message', () => open(group, privateMessage))
  const { content } = opened
  const leaves = listLeaves(findEpoch(group, epoch))
  const sender = content.sender.senderType === 'member' ? leaves.get(content.sender.leafIndex) : undefined
  if (content.contentType !== 'application' || !sender) throw new GroupError('FORGED', 'Nobody of the group sent this.')
  return { group: use(group, epoch, tree), plaintext: content.applicationData, sender, epoch: Number(epoch) }
}
