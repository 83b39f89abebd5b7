import { bytesToBase64 } from '../bytes.ts'
import type { Device } from './device.ts'
import { GroupError, judge } from './errors.ts'
import { type Accepts, type Group, toConfig } from './group.ts'
import { describeGroup } from './group-info.ts'
import { createKeyPackage, type OwnKeyPackage } from './key-packages.ts'
import { decodeRatchetTree, emptyPskIndex, joinGroup, joinGroupExternal, type MLSMessage } from './mls.ts'
import { loadSuite } from './suite.ts'
import { fromText, toText } from './wire.ts'

const assertOf = (group: Group, conversationId: string): Group => {
  if (new TextDecoder().decode(group.state.groupContext.groupId) === conversationId) return group
  throw new GroupError('FORGED', 'It is of another conversation.')
}

/** The names of the key packages with which a welcome lets devices in. */
export function listWelcomed(welcome: string): string[] {
  return fromText(welcome, 'mls_welcome').welcome.secrets.map(({ newMember }) => bytesToBase64(newMember))
}

type Welcomed = { welcome: string; own: OwnKeyPackage; conversationId: string; accepts: Accepts }

/** Comes into a group by the welcome of somebody who is in it. */
export async function joinByWelcome({ welcome: text, own, conversationId, accepts }: Welcomed): Promise<Group> {
  const { welcome } = fromText(text, 'mls_welcome')
  const { publicPackage, privatePackage } = own
  const suite = await loadSuite()
  const config = toConfig(accepts)
  const state = await judge('welcome', () =>
    joinGroup(welcome, publicPackage, privatePackage, emptyPskIndex, suite, undefined, undefined, config),
  )
  return assertOf({ state }, conversationId)
}

type GroupInfo = (MLSMessage & { wireformat: 'mls_group_info' })['groupInfo']

/** Whether the device has a place in the group already, from an earlier life, which it then takes over. */
function isKnown({ extensions }: GroupInfo, { signaturePublicKey }: OwnKeyPackage['publicPackage']['leafNode']) {
  const extension = extensions.find(({ extensionType }) => extensionType === 'ratchet_tree')
  const [tree] = (extension && decodeRatchetTree(extension.extensionData, 0)) ?? [[]]
  const key = bytesToBase64(signaturePublicKey)
  return tree.some((node) => node?.nodeType === 'leaf' && bytesToBase64(node.leaf.signaturePublicKey) === key)
}

type Outside = { groupInfo: string; device: Device; conversationId: string; accepts: Accepts }

/** Comes into a group by itself, from what its newest commit left at the service; nobody else has to be there. */
export async function joinFromOutside({ groupInfo: text, device, conversationId, accepts }: Outside) {
  const { groupInfo } = fromText(text, 'mls_group_info')
  const { publicPackage, privatePackage } = await createKeyPackage(device)
  const suite = await loadSuite()
  const { publicMessage, newState } = await judge('group', () => {
    const isBack = isKnown(groupInfo, publicPackage.leafNode)
    return joinGroupExternal(groupInfo, publicPackage, privatePackage, isBack, suite, undefined, toConfig(accepts))
  })
  const group = assertOf({ state: newState }, conversationId)
  const commit = toText({ version: 'mls10', wireformat: 'mls_public_message', publicMessage })
  return { commit, groupInfo: await describeGroup(group), group }
}
