// Two people call each other, each in a page of his own: http://localhost:8080/try/call once `npm start` runs.
import { type Client, createClient } from '@secureconnect/sdk'
import {
  type Calls,
  createCalls,
  type OngoingCall,
  openCamera,
  openMicrophone,
  openScreen,
  type RemoteTrack,
} from '@secureconnect/sdk/calls'
import { enter, meet } from './enter.ts'

function find<T extends Element>(selector: string, type: new () => T): T {
  const found = document.querySelector(selector)
  if (!(found instanceof type)) throw new Error(`The page has no ${selector}`)
  return found
}

const button = (id: string) => find(`#${id}`, HTMLButtonElement)
const say = (text: string) => {
  find('#status', HTMLElement).textContent = text
}

/** For the console, and for tests: what the page is doing. */
const page: { client?: Client; call?: OngoingCall } = {}
Object.assign(globalThis, { page })

function show(id: string, track: MediaStreamTrack): void {
  const video = document.createElement('video')
  Object.assign(video, { id, autoplay: true, playsInline: true, muted: id.startsWith('own') })
  video.srcObject = new MediaStream([track])
  find('#videos', HTMLElement).append(video)
}

function hide(id: string): void {
  document.getElementById(id)?.remove()
}

function setTalking(isTalking: boolean): void {
  for (const id of ['mute', 'camera', 'share', 'hang-up']) button(id).disabled = !isTalking
  for (const id of ['answer', 'decline']) button(id).disabled = true
  button('dial').disabled = isTalking
}

/** Shows a call until it ends. */
async function talk(call: OngoingCall): Promise<void> {
  page.call = call
  setTalking(true)
  const begin = ({ consumerId, track }: RemoteTrack) => show(consumerId, track)
  call.tracks.forEach(begin)
  call.on('track', begin)
  call.on('track.ended', ({ consumerId }) => hide(consumerId))
  call.on('state', ({ status }) =>
    say(status === 'open' ? 'In the call' : 'The line is gone; it comes back by itself.'),
  )
  call.on('source.ended', (source) => hide(`own-${source}`))
  call.on('fault', (error) => say(String(error)))
  call.on('ended', ({ reason, error }) => {
    delete page.call
    find('#videos', HTMLElement).replaceChildren()
    setTalking(false)
    say(error ? String(error) : `The call is over: ${reason}.`)
  })
  say('In the call')
  await sendOwn(call).catch((error) => {
    // A call that ended meanwhile has said so.
    if (page.call === call) throw error
  })
}

async function sendOwn(call: OngoingCall): Promise<void> {
  await call.publish('mic', await openMicrophone())
  const camera = await openCamera()
  await call.publish('camera', camera)
  if (page.call === call) show('own-camera', camera)
}

async function share(call: OngoingCall): Promise<void> {
  const { video, audio } = await openScreen()
  await call.publish('screen', video)
  show('own-screen', video)
  if (audio) await call.publish('screen_audio', audio)
}

/** Does what was asked for, and says what went wrong. */
function onClick(id: string, work: () => Promise<unknown>): void {
  button(id).onclick = () => void work().catch((error) => say(String(error)))
}

function connectButtons(client: Client, calls: Calls, conversation_id: string): void {
  let ringing = ''
  client.chat.on('call.ringing', ({ call_id }) => {
    // Told once more after a break, perhaps of the very call that was answered.
    if (page.call?.callId === call_id) return
    ringing = call_id
    for (const id of ['answer', 'decline']) button(id).disabled = false
    say('It rings.')
  })
  client.chat.on('call.stopped', ({ call_id, reason }) => {
    if (call_id !== ringing) return
    for (const id of ['answer', 'decline']) button(id).disabled = true
    if (reason !== 'accepted') say(`It rings no more: ${reason}.`)
  })
  const call = () => {
    if (!page.call) throw new Error('There is no call.')
    return page.call
  }
  const toggle = (id: string, source: 'mic' | 'camera', names: readonly [string, string]) => {
    let isOff = false
    onClick(id, async () => {
      isOff = !isOff
      await (isOff ? call().mute(source) : call().unmute(source))
      button(id).textContent = names[isOff ? 1 : 0]
    })
  }
  onClick('dial', async () => talk(await calls.start({ conversation_id, call_type: 'video' })))
  onClick('answer', async () => talk(await calls.answer(ringing)))
  onClick('decline', () => calls.decline(ringing))
  toggle('mute', 'mic', ['Mute', 'Unmute'])
  toggle('camera', 'camera', ['Camera off', 'Camera on'])
  onClick('share', () => share(call()))
  onClick('hang-up', () => call().hangUp())
}

find('#people', HTMLFormElement).onsubmit = (event) => {
  event.preventDefault()
  const names = new FormData(find('#people', HTMLFormElement))
  const [me, friend] = [String(names.get('me')), String(names.get('friend'))]
  const start = async () => {
    const client = createClient({ address: location.origin })
    page.client = client
    await enter(client, me)
    say(`Waiting for ${friend} to sign in …`)
    const conversation_id = await meet(client, friend)
    connectButtons(client, createCalls(client), conversation_id)
    await client.chat.open()
    find('#controls', HTMLFieldSetElement).disabled = false
    say(`You are ${me}. Call ${friend}, or wait until it rings.`)
  }
  start().catch((error) => say(String(error)))
}
