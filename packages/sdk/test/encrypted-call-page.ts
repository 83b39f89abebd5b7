// Two or three people in an encrypted call, each in a page of his own; what groups do for real, a key that they share does here.
import { createClient } from '@secureconnect/sdk'
import {
  type CallEncryption,
  createCalls,
  type OngoingCall,
  openCamera,
  openMicrophone,
} from '@secureconnect/sdk/calls'

type Coming = { address: string; username: string; groupKey: number[]; conversationId: string; callId?: string }

const page: { call?: OngoingCall; client?: ReturnType<typeof createClient>; generations: number[]; dropped: number } = {
  generations: [],
  dropped: 0,
}

const bytesOf = (text: string) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
const algorithm = (binding: readonly string[], iv: Uint8Array<ArrayBuffer>) => {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(JSON.stringify(binding)) }
}

/** Stands for a group: whoever has its key reads all, and believes by whom it is. */
async function createEncryption(groupKey: number[], userId: string): Promise<CallEncryption> {
  const key = await crypto.subtle.importKey('raw', Uint8Array.from(groupKey), 'AES-GCM', false, ['encrypt', 'decrypt'])
  return {
    createWorker: () => new Worker('/worker.js'),
    async seal(plaintext, { binding }) {
      const iv = crypto.getRandomValues(new Uint8Array(12))
      const text = new TextEncoder().encode(JSON.stringify({ userId, plaintext: [...plaintext] }))
      const sealed = new Uint8Array(await crypto.subtle.encrypt(algorithm(binding, iv), key, text))
      return btoa(String.fromCharCode(...iv, ...sealed))
    },
    async open(ciphertext, { binding }) {
      const bytes = bytesOf(ciphertext)
      const text = await crypto.subtle.decrypt(algorithm(binding, bytes.slice(0, 12)), key, bytes.slice(12))
      const opened: { userId: string; plaintext: number[] } = JSON.parse(new TextDecoder().decode(text))
      const plaintext = Uint8Array.from(opened.plaintext)
      page.generations.push(new DataView(plaintext.buffer).getUint32(0))
      return { userId: opened.userId, plaintext }
    },
    onChanged: () => () => undefined,
  }
}

async function enter({ address, username }: Pick<Coming, 'address' | 'username'>): Promise<string> {
  const client = createClient({ address })
  page.client = client
  const { user_id } = await client.register({
    username,
    email: `${username}@example.org`,
    password: 'seven quiet harbours',
    display_name: username,
  })
  return user_id
}

/** Calls the others, or comes into their call, and sends microphone and camera. */
async function talk({ groupKey, conversationId, callId }: Coming): Promise<string> {
  const { client } = page
  if (!client?.userId) throw new Error('Nobody is signed in.')
  const calls = createCalls(client)
  const encryption = await createEncryption(groupKey, client.userId)
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

Object.assign(globalThis, { page, enter, talk, count })
