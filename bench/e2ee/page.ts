import { openBrowserVault } from '@secureconnect/e2ee/browser-vault'
import { createSenderKey, FrameOpener, FrameSealer, importSenderKey } from '@secureconnect/e2ee/frames'
import {
  beginGroup,
  createDevice,
  createKeyPackage,
  decrypt,
  encrypt,
  joinByWelcome,
  makeCommit,
  toChanges,
} from '@secureconnect/e2ee/groups'

const conversationId = 'harbour'
const accepts = () => true
const binding = ['message', 'ada']
const words = new TextEncoder().encode(
  'As much as people say at once, which is some two hundred characters. '.repeat(3),
)

const startDevice = (name: string) => createDevice({ userId: name, deviceId: `${name}-laptop` })

/** Somebody alone with so many others, all of whom he has just brought in, and one of these. */
async function createGroup(size: number) {
  const founder = await beginGroup(await startDevice('ada'), conversationId, accepts)
  const own = await Promise.all(
    Array.from({ length: size - 1 }, async (_, at) => createKeyPackage(await startDevice(`person-${at}`))),
  )
  const [first] = own
  if (!first) throw new Error('A group has two people at least')
  const { group, welcome = '' } = await makeCommit(founder, { add: own.map(({ publicPackage }) => publicPackage) })
  return { group, other: await joinByWelcome({ welcome, own: first, conversationId, accepts }) }
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

const framesAtOnce = 100

/** How long one of many takes that follow each other: the clock of pages is too coarse for a single one. */
async function timeEach(work: (at: number) => Promise<unknown>): Promise<number> {
  const all = async () => {
    for (let at = 0; at < framesAtOnce; at += 1) await work(at)
  }
  return (await time(all)) / framesAtOnce
}

/** What a message takes beside being sent: to seal or open it, and to have keys and text written before it goes on. */
async function measureMessages(size: number, times: number) {
  using vault = await openBrowserVault(`messages-${size}`)
  let { group, other } = await createGroup(size)
  await vault.write(toChanges(group))
  const found = { write: [] as number[], send: [] as number[], receive: [] as number[] }
  for (let count = 0; count < times; count += 1) {
    found.write.push(await time(() => vault.write(new Map([['plain', words]]))))
    let ciphertext = ''
    const send = async () => {
      const sealed = await encrypt(group, { plaintext: words, binding })
      await vault.write(new Map([...toChanges(sealed.group, group), [`text:${count}`, words]]))
      ciphertext = sealed.ciphertext
      group = sealed.group
    }
    found.send.push(await time(send))
    const receive = async () => {
      const opened = await decrypt(other, ciphertext, binding)
      await vault.write(new Map([...toChanges(opened.group, other), [`text:${count}`, words]]))
      other = opened.group
    }
    found.receive.push(await time(receive))
  }
  return found
}

/** How long it takes to bring one more in, and what each change of a group is in characters on the line. */
async function measureChanges(size: number, times: number) {
  const { group } = await createGroup(size)
  const { publicPackage } = await createKeyPackage(await startDevice('newcomer'))
  const addMs: number[] = []
  for (let count = 0; count < times; count += 1)
    addMs.push(await time(() => makeCommit(group, { add: [publicPackage] })))
  const added = await makeCommit(group, { add: [publicPackage] })
  const rekeyed = await makeCommit(group)
  const sizeOf = ({ commit, welcome = '', groupInfo }: typeof added) => ({
    commit: commit.length,
    welcome: welcome.length,
    groupInfo: groupInfo.length,
  })
  return { size, addMs, add: sizeOf(added), rekey: sizeOf(rekeyed) }
}

/** Frames as a picture of 720p has them at 30 a second and 2.5 Mbit/s, beside copying them once. */
async function measureFrames(times: number) {
  const sender = createSenderKey(1)
  const [sealer, opener, key] = [new FrameSealer(), new FrameOpener(), await importSenderKey(sender)]
  sealer.use(sender.generation, key)
  opener.add(sender.generation, key)
  const frame = crypto.getRandomValues(new Uint8Array(10_400))
  const found = { copy: [] as number[], seal: [] as number[], open: [] as number[] }
  for (let count = 0; count < times; count += 1) {
    found.copy.push(await timeEach(async () => frame.slice()))
    const sealed: Uint8Array<ArrayBuffer>[] = []
    const seal = async () => {
      sealed.push((await sealer.seal(frame, { source: 'camera', kind: 'delta' })) ?? frame)
    }
    found.seal.push(await timeEach(seal))
    found.open.push(await timeEach((at) => opener.open(sealed[at] ?? frame, 'camera')))
  }
  if (Object.values(opener.dropped).some((count) => count > 0)) throw new Error('Every frame should have been opened')
  return found
}

Object.assign(globalThis, { measureMessages, measureChanges, measureFrames })
