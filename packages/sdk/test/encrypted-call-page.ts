// Three people in an encrypted call, each in a page of his own, as devices of their conversation's group.
import { openBrowserVault } from '@secureconnect/e2ee/browser-vault'
import { createClient } from '@secureconnect/sdk'
import {
  type CallEncryption,
  createCalls,
  type OngoingCall,
  openCamera,
  openMicrophone,
} from '@secureconnect/sdk/calls'
import { type About, type Encryption, startEncryption } from '@secureconnect/sdk/encryption'

type Coming = { conversationId: string; callId?: string; hasKeys?: boolean }
type SealedKey = { ciphertext: string; about: About }

const page: {
  call?: OngoingCall
  client?: ReturnType<typeof createClient>
  encryption?: Encryption
  /** The keys that could be opened, as they came. */
  keys: SealedKey[]
  dropped: number
} = { keys: [], dropped: 0 }

/** The group by its channel, with a note of each key that comes; somebody without keys takes in none. */
function createCallEncryption(hasKeys: boolean): CallEncryption {
  const { channel } = page.encryption ?? {}
  if (!channel) throw new Error('Nobody is signed in.')
  return {
    ...channel,
    createWorker: () => new Worker('/worker.js'),
    async open(ciphertext, about) {
      if (!hasKeys) throw new Error('Nobody gave her a key.')
      const opened = await channel.open(ciphertext, about)
      page.keys.push({ ciphertext, about })
      return opened
    },
  }
}

async function enter({ address, username }: { address: string; username: string }): Promise<string> {
  const client = createClient({ address })
  page.client = client
  const { user_id } = await client.register({
    username,
    email: `${username}@example.org`,
    password: 'seven quiet harbours',
    display_name: username,
  })
  const vault = await openBrowserVault(user_id)
  page.encryption = await startEncryption(client, { vault, deviceName: 'page' })
  await client.chat.open()
  return user_id
}

/** How many of these keys the device can open. */
async function countOpened(keys: readonly SealedKey[]): Promise<number> {
  const tried = keys.map(({ ciphertext, about }) => page.encryption?.channel.open(ciphertext, about))
  return (await Promise.allSettled(tried)).filter(({ status }) => status === 'fulfilled').length
}

/** Calls the others, or comes into their call, and sends microphone and camera. */
async function talk({ conversationId, callId, hasKeys = true }: Coming): Promise<string> {
  const { client } = page
  if (!client) throw new Error('Nobody is signed in.')
  const calls = createCalls(client)
  const encryption = createCallEncryption(hasKeys)
  const call = await (callId === undefined
    ? calls.start({ conversation_id: conversationId, call_type: 'video' }, { encryption })
    : calls.join(callId, { encryption }))
  page.call = call
  call.on('frames.dropped', ({ dropped }) => {
    page.dropped = dropped.unknownKey + dropped.tampered
  })
  const show = ({ kind, track }: { kind: string; track: MediaStreamTrack }) => {
    const player = document.body.appendChild(document.createElement(kind === 'video' ? 'video' : 'audio'))
    Object.assign(player, { srcObject: new MediaStream([track]), autoplay: true, muted: true })
  }
  call.tracks.forEach(show)
  call.on('track', show)
  await call.publish('mic', await openMicrophone())
  await call.publish('camera', await openCamera())
  return call.callId
}

/** What came from the others in all, and could be shown and heard. */
async function count(): Promise<{ decoded: number; bytes: number; heard: number }> {
  const { received } = (await page.call?.stats()) ?? {}
  const counts = { decoded: 0, bytes: 0, heard: 0 }
  received?.forEach((report) => {
    if (report.type !== 'inbound-rtp') return
    counts.decoded += report.framesDecoded ?? 0
    counts.bytes += report.bytesReceived ?? 0
    // The browser makes up what it does not get.
    counts.heard += (report.totalSamplesReceived ?? 0) - (report.concealedSamples ?? 0)
  })
  return counts
}

Object.assign(globalThis, { page, enter, talk, count, countOpened })
