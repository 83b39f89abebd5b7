import type { Client } from '@secureconnect/sdk'
import type { OngoingCall } from '@secureconnect/sdk/calls'
import { button, find, say } from './elements.ts'
import type { Circle } from './enter.ts'
import { describeError } from './words.ts'

const lookEveryMs = 2_000

const isHost = ({ own }: OngoingCall) => own?.role === 'host' || own?.role === 'cohost'

/** The mark that nobody in the call can miss, and the button that only hosts have. */
function showMark(call: OngoingCall, nameOf: Circle['nameOf'], me: string | undefined): void {
  const recording = call.details?.recording
  const mark = find('#recorded', HTMLElement)
  mark.hidden = !recording
  if (recording) {
    const who = recording.started_by === me ? 'You have' : `${nameOf(recording.started_by)} has`
    mark.textContent = `${who} this call recorded${recording.status === 'waiting' ? ', as soon as there is a place' : ''}.`
  }
  button('record').hidden = !isHost(call)
  button('record').textContent = recording ? 'Stop recording' : 'Record'
}

type Recordings = Awaited<ReturnType<Client['rest']['callRecordings']['list']>>['recordings']

type Place = { call_id: string; recording_id: string }
type Downloads = Awaited<ReturnType<Client['rest']['callRecordings']['get']>>

/** Says how far the one file for people to watch is; hosts may have it made, also once more where that failed. */
function showComposite(
  { recording: { composite } }: Downloads,
  item: HTMLElement,
  make: (() => void) | undefined,
): void {
  if (composite?.status === 'waiting' || composite?.status === 'working') item.append(' One file of all is being made.')
  if (composite?.status === 'failed') item.append(` One file of all could not be made: ${composite.reason}.`)
  if (!make || (composite && composite.status !== 'failed')) return
  const asking = document.createElement('button')
  Object.assign(asking, { type: 'button', textContent: 'Make one file to watch', onclick: make })
  item.append(' ', asking)
}

/** Shows the files of a recording, each as a link. */
async function showFiles({ rest }: Client, item: HTMLElement, place: Place): Promise<Downloads> {
  const downloads = await rest.callRecordings.get(place)
  const { files, manifest_url, composite_url, lacks } = downloads
  const named = files.map(({ file_name, download_url }) => ({ name: file_name, url: download_url }))
  const links = [
    ...named,
    ...(manifest_url ? [{ name: 'manifest.json', url: manifest_url }] : []),
    ...(composite_url ? [{ name: 'all in one', url: composite_url }] : []),
  ].map(({ name, url }) => {
    const link = document.createElement('a')
    Object.assign(link, { href: url, textContent: name })
    return link
  })
  item.append(...links.flatMap((link) => [' ', link]), lacks.length > 0 ? ` It lacks ${lacks.length} pieces.` : '')
  return downloads
}

type Making = ((place: Place) => void) | undefined

async function showRecordings(client: Client, call_id: string, make: Making): Promise<Recordings> {
  const { recordings } = await client.rest.callRecordings.list({ call_id })
  const items = recordings.map(async ({ recording_id, status, asked_at }) => {
    const item = document.createElement('li')
    item.append(`Recording of ${new Date(asked_at).toLocaleTimeString()}: ${status}.`)
    if (status === 'ready') {
      const place = { call_id, recording_id }
      showComposite(await showFiles(client, item, place), item, make && (() => make(place)))
    }
    return item
  })
  find('#recordings', HTMLElement).replaceChildren(...(await Promise.all(items)))
  return recordings
}

const hasEnded = (status: string | undefined) => status === undefined || ['ready', 'done', 'failed'].includes(status)
const isUnderWay = ({ status, composite }: Recordings[number]) => !hasEnded(status) || !hasEnded(composite?.status)

/** Follows whether a call is recorded, and shows its recordings until the last one is stored. */
export function followRecording(client: Client, call: OngoingCall, { nameOf }: Circle): void {
  let isOver = false
  const fault = (error: unknown) => say(describeError(error))
  const make = (place: Place) => void client.rest.callRecordings.compose(place).then(look).catch(fault)
  const look = async () => {
    const recordings = await showRecordings(client, call.callId, isHost(call) ? make : undefined)
    if (recordings.some(isUnderWay)) setTimeout(() => void look().catch(fault), lookEveryMs)
  }
  const show = () => {
    if (!isOver) showMark(call, nameOf, client.userId)
  }
  button('record').onclick = () => {
    const wish = call.details?.recording ? 'recording.stop' : 'recording.start'
    call.ask(wish, {}).then(look).catch(fault)
  }
  for (const change of ['recording.state', 'participant.updated', 'state'] as const) call.on(change, show)
  call.on('recording.state', ({ recording }) => {
    if (recording === null) void look().catch(fault)
  })
  call.on('ended', () => {
    isOver = true
    for (const id of ['record', 'recorded']) find(`#${id}`, HTMLElement).hidden = true
    void look().catch(fault)
  })
  show()
}
