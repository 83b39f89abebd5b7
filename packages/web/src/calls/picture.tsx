import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Talk } from './talk.ts'

type Props = {
  talk: Talk
  track: MediaStreamTrack
  consumerId: string | undefined
  /** As in a mirror, which is how people know themselves. */
  isMirrored?: boolean
  isWhole?: boolean
}

/** A picture of a call as it comes; as much of it is asked for as this shows. */
export function Picture({ talk, track, consumerId, isMirrored, isWhole }: Props) {
  const video = useRef<HTMLVideoElement>(null)
  useLayoutEffect(() => {
    const { current } = video
    if (!current) return
    current.srcObject = new MediaStream([track])
    return () => {
      current.srcObject = null
    }
  }, [track])
  useEffect(() => {
    return consumerId !== undefined && video.current ? talk.call?.watch(consumerId, video.current) : undefined
  }, [consumerId])
  return (
    <video ref={video} class={`${isMirrored ? 'mirrored' : ''} ${isWhole ? 'whole' : ''}`} autoplay playsInline muted />
  )
}
