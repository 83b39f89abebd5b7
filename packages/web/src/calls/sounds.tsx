import { useEffect, useRef } from 'preact/hooks'
import { deviceChoice } from './device-choice.ts'
import type { Talk } from './talk.ts'

/** Plays a track; there is nothing to be seen of it. */
function Sound({ track }: { track: MediaStreamTrack }) {
  const { current: audio } = useRef(new Audio())
  const speaker = deviceChoice.value.speaker ?? ''
  useEffect(() => {
    audio.autoplay = true
    audio.srcObject = new MediaStream([track])
    return () => {
      audio.srcObject = null
    }
  }, [track])
  useEffect(() => {
    // A loudspeaker that is gone, or a browser that lets nobody choose, leaves the usual one.
    audio.setSinkId?.(speaker).catch(() => undefined)
  }, [speaker])
  return null
}

/** What is heard of a call, whichever conversation one reads meanwhile. */
export function Sounds({ talk }: { talk: Talk }) {
  const tracks = talk.room.value?.tracks.filter(({ kind }) => kind === 'audio') ?? []
  return tracks.map(({ consumerId, track }) => <Sound key={consumerId} track={track} />)
}
