// Two people call each other, each in a page of his own: http://localhost:8080/try/call once `npm start` runs.
import { type Client, createClient, insist } from '@secureconnect/sdk'
import { type Calls, createCalls, type Entering, type OngoingCall, type RemoteTrack } from '@secureconnect/sdk/calls'
import { button, find, hide, say, show } from './elements.ts'
import { type Circle, enter, findCall, meet } from './enter.ts'
import { nameOf, OwnMedia, ownSources } from './own-media.ts'
import { followPeople } from './people.ts'
import { showQuality } from './quality.ts'
import { followRecording } from './recording.ts'
import { describeDevice, describeEnding, describeError } from './words.ts'

/** For the console, and for tests: what the page is doing. */
const page: { client?: Client; call?: OngoingCall; own?: OwnMedia } = {}
Object.assign(globalThis, { page })

function setTalking(isTalking: boolean): void {
  for (const id of ['mute', 'camera', 'share', 'hang-up']) button(id).disabled = !isTalking
  for (const id of ['answer', 'decline']) button(id).disabled = true
  button('dial').disabled = isTalking
}

/** Shows a call until it ends. */
async function talk(client: Client, call: OngoingCall, circle: Circle): Promise<void> {
  page.call = call
  page.own = new OwnMedia(call)
  followPeople(call, circle)
  followRecording(client, call, circle)
  setTalking(true)
  let missing = ''
  const sayState = () => say(`${call.participants.length > 0 ? 'In the call.' : 'It rings there.'}${missing}`)
  const begin = ({ consumerId, kind, track }: RemoteTrack) => {
    const player = show(consumerId, track)
    if (kind === 'video') call.watch(consumerId, player)
  }
  call.tracks.forEach(begin)
  call.on('track', begin)
  call.on('track.ended', ({ consumerId }) => hide(consumerId))
  call.on('participant.joined', sayState)
  call.on('participant.reconnecting', () => say('The other one’s line is gone; it may come back by itself.'))
  call.on('participant.reconnected', sayState)
  call.on('state', ({ status }) => {
    if (status !== 'open') return say('The line is gone; it comes back by itself.')
    sayState()
  })
  for (const type of ['quality', 'participant.left'] as const) call.on(type, () => showQuality(call, circle))
  call.on('fault', (error) => say(describeError(error)))
  call.on('ended', (ending) => {
    delete page.call
    for (const list of ['#videos', '#quality']) find(list, HTMLElement).replaceChildren()
    setTalking(false)
    say(describeEnding(ending))
  })
  sayState()
  for (const source of ownSources) {
    await page.own.toggle(source).catch((error) => {
      missing += ` ${describeDevice(nameOf(source), error)}`
    })
  }
  // A call that ended meanwhile has said so.
  if (page.call === call) sayState()
}

/** Does what was asked for, and says what went wrong. */
function onClick(id: string, work: () => Promise<unknown>): void {
  button(id).onclick = () => void work().catch((error) => say(describeError(error)))
}

/** Shows what rings here; what it returns takes that up, to be answered or declined once. */
function followRinging({ chat }: Client): () => string {
  let ringing = ''
  const setRinging = (isRinging: boolean) => {
    for (const id of ['answer', 'decline']) button(id).disabled = !isRinging
  }
  chat.on('call.ringing', ({ call_id }) => {
    // Told once more after a break, perhaps of the very call that was answered.
    if (page.call?.callId === call_id) return
    ringing = call_id
    setRinging(true)
    say('It rings.')
  })
  chat.on('call.stopped', ({ call_id, reason }) => {
    if (call_id !== ringing) return
    setRinging(false)
    say(reason === 'accepted' ? 'You answered on another device.' : `It rings no more: ${reason}.`)
  })
  return () => {
    const taken = ringing
    ringing = ''
    setRinging(false)
    return taken
  }
}

/** Comes into a call, and may give up while waiting to be let in. */
async function comeIn(begin: (entering: Entering) => Promise<OngoingCall>): Promise<OngoingCall> {
  const giving = new AbortController()
  button('dial').disabled = true
  try {
    return await begin({
      signal: giving.signal,
      onWaiting() {
        say('You wait to be let in.')
        button('hang-up').disabled = false
        button('hang-up').onclick = () => giving.abort()
      },
    })
  } finally {
    setTalking(false)
    button('hang-up').onclick = () => void page.call?.hangUp().catch((error) => say(describeError(error)))
  }
}

function connectButtons(client: Client, calls: Calls, circle: Circle): void {
  const { conversationId: conversation_id, isGroup } = circle
  const lobby = find('#with-lobby', HTMLElement)
  lobby.hidden = !isGroup
  const has_lobby = () => isGroup && find('#with-lobby input', HTMLInputElement).checked
  const takeUp = followRinging(client)
  const own = () => {
    if (!page.own || !page.call) throw new Error('There is no call.')
    return page.own
  }
  onClick('dial', async () => {
    const known = await findCall(client, conversation_id)
    const start = () => calls.start({ conversation_id, call_type: 'video', has_lobby: has_lobby() })
    await talk(client, await comeIn((entering) => (known ? calls.join(known, entering) : start())), circle)
  })
  onClick('answer', async () => talk(client, await comeIn((entering) => calls.answer(takeUp(), entering)), circle))
  onClick('decline', async () => {
    await calls.decline(takeUp())
    say('You have declined.')
  })
  for (const source of ownSources) {
    const id = source === 'mic' ? 'mute' : source
    button(id).onclick = () =>
      void own()
        .toggle(source)
        .catch((error) => say(describeDevice(nameOf(source), error)))
  }
  onClick('share', () => own().share())
}

async function start(me: string, friends: readonly string[]): Promise<void> {
  const names = friends.join(' and ')
  const client = createClient({ address: location.origin })
  page.client = client
  await insist(() => enter(client, me))
  say(`Waiting for ${names} to sign in …`)
  const circle = await insist(() => meet(client, me, friends))
  connectButtons(client, createCalls(client), circle)
  client.onSignedOut(() => say('You are signed out: load the page again.'))
  const isGoingOn = (await insist(() => findCall(client, circle.conversationId))) !== undefined
  say(`You are ${me}. ${isGoingOn ? 'A call goes on: come in by Call.' : `Call ${names}, or wait until it rings.`}`)
  await client.chat.open()
  find('#controls', HTMLFieldSetElement).disabled = false
}

find('#people', HTMLFormElement).onsubmit = (event) => {
  event.preventDefault()
  const names = new FormData(find('#people', HTMLFormElement))
  button('sign-in').disabled = true
  const friends = String(names.get('friend'))
    .split(/[\s,]+/)
    .filter(Boolean)
  start(String(names.get('me')), friends).catch((error) => {
    button('sign-in').disabled = false
    say(describeError(error))
  })
}
// Before there is a program the browser would send the form itself.
button('sign-in').disabled = false
