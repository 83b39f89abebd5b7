import type { RoomParticipant } from '@secureconnect/sdk/calls'
import { type ConnectionQuality, rateConnection } from './connection-quality.ts'
import type { Room } from './room.ts'
import type { Talk } from './talk.ts'

/** One of the pictures of a call: somebody, or the screen that somebody shares. */
export type Tile = {
  key: string
  kind: 'person' | 'screen'
  person: RoomParticipant
  isOwn: boolean
  isMuted: boolean
  quality: ConnectionQuality | undefined
  track: MediaStreamTrack | undefined
  /** By which one says how large it is shown, where it is somebody else's. */
  consumerId: string | undefined
}

function isSilent({ sources, held_sources }: RoomParticipant): boolean {
  const mic = sources.find(({ source }) => source === 'mic')
  return !mic || mic.is_paused || held_sources.includes('mic')
}

function isShown({ sources }: RoomParticipant, wanted: 'camera' | 'screen'): boolean {
  return sources.some(({ source, is_paused }) => source === wanted && !is_paused)
}

function qualityOf({ participant_id: id }: RoomParticipant, scores: Room['quality']): ConnectionQuality | undefined {
  const score = scores.get(id)
  return rateConnection([score?.up, score?.down])
}

function tilesOf(person: RoomParticipant, { tracks, quality }: Room, hasCameras: boolean): Tile[] {
  const { participant_id: id } = person
  const trackOf = (source: 'camera' | 'screen') =>
    isShown(person, source)
      ? tracks.find((remote) => remote.participantId === id && remote.source === source)
      : undefined
  const camera = hasCameras ? trackOf('camera') : undefined
  const screen = trackOf('screen')
  const common = { person, isOwn: false, isMuted: isSilent(person), quality: qualityOf(person, quality) }
  const own: Tile = { ...common, key: id, kind: 'person', track: camera?.track, consumerId: camera?.consumerId }
  if (!screen) return [own]
  const { track, consumerId } = screen
  return [own, { ...common, key: `${id}-screen`, kind: 'screen', track, consumerId }]
}

function ownTiles(person: RoomParticipant, { quality }: Room, { states }: Talk['media']): Tile[] {
  const { mic, camera, screen } = states
  const isMuted = mic.value.is !== 'on'
  const common = { person, isOwn: true, isMuted, quality: qualityOf(person, quality), consumerId: undefined }
  const trackOf = (state: typeof camera.value) => ('track' in state ? state.track : undefined)
  const { participant_id: id } = person
  const own: Tile = { ...common, key: id, kind: 'person', track: trackOf(camera.value) }
  if (screen.value.is !== 'on') return [own]
  return [own, { ...common, key: `${id}-screen`, kind: 'screen', track: screen.value.track }]
}

/** What is to be shown of a call: the others in the order in which they came, oneself last. */
export function listTiles({ room, media, pictureQuality }: Talk): Tile[] {
  if (!room.value) return []
  const { own, others } = room.value
  const there = others.toSorted((a, b) => a.joined_at.localeCompare(b.joined_at))
  const known = room.value
  const hasCameras = pictureQuality.value !== 'none'
  return [...there.flatMap((person) => tilesOf(person, known, hasCameras)), ...(own ? ownTiles(own, known, media) : [])]
}
