import { randomUUID } from 'node:crypto'
import {
  applyCommit,
  beginGroup,
  createDevice,
  createKeyPackage,
  type Device,
  decrypt,
  encrypt,
  epochOf,
  type Group,
  joinByWelcome,
  listMembers,
  type MadeCommit,
  makeCommit,
  publishKeyPackage,
  readKeyPackage,
} from '../src/groups/index.ts'

/** A device with what it has of one group. */
export type Peer = { device: Device; group: Group }

export const conversationId = randomUUID()
export const acceptAll = () => true

export const startDevice = (userId: string = randomUUID()) => createDevice({ userId, deviceId: randomUUID() })

/** Has a device ready to be brought in: its key package as others get it, and as it has it itself. */
export async function offer(device: Device) {
  const own = await createKeyPackage(device)
  return { device, own, keyPackage: await readKeyPackage(publishKeyPackage(own), device) }
}

export const join = async (welcome: string | undefined, { device, own }: Awaited<ReturnType<typeof offer>>) => ({
  device,
  group: await joinByWelcome({ welcome: welcome ?? '', own, conversationId, accepts: acceptAll }),
})

/** Has a commit taken: by whoever made it, and by the others. */
export async function take(made: MadeCommit, maker: Peer, others: readonly Peer[]): Promise<void> {
  maker.group = made.group
  await Promise.all(
    others.map(async (peer) => {
      peer.group = (await applyCommit(peer.group, made.commit)).group
    }),
  )
}

/** A group of so many devices, each of another person. */
export async function createCircle(size: number): Promise<Peer[]> {
  const founder = await startDevice()
  const group = await beginGroup(founder, conversationId, acceptAll)
  const first: Peer = { device: founder, group }
  const offers = await Promise.all(Array.from({ length: size - 1 }, async () => offer(await startDevice())))
  const made = await makeCommit(group, { add: offers.map(({ keyPackage }) => keyPackage) })
  first.group = made.group
  return [first, ...(await Promise.all(offers.map((one) => join(made.welcome, one))))]
}

const bindingOf = ({ userId }: Pick<Device, 'userId'>) => [userId, 'text']

export async function say(peer: Peer, words: string): Promise<string> {
  const { device } = peer
  const sent = await encrypt(peer.group, { plaintext: new TextEncoder().encode(words), binding: bindingOf(device) })
  peer.group = sent.group
  return sent.ciphertext
}

export async function hear(peer: Peer, ciphertext: string, speaker: Pick<Device, 'userId'>): Promise<string> {
  const heard = await decrypt(peer.group, ciphertext, bindingOf(speaker))
  peer.group = heard.group
  return new TextDecoder().decode(heard.plaintext)
}

/** What all who are at the same place have in common, and nobody else. */
export const placeOf = ({ group }: Peer) =>
  `${epochOf(group)} ${Buffer.from(group.state.keySchedule.epochAuthenticator).toString('hex')} ${listMembers(group).length}`
