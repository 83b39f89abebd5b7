import { useRef } from 'preact/hooks'
import { getLinks } from './links.ts'

type Props = { kind: 'audio' | 'video'; fileId: string; url: string; label: string; onLost: () => void }

/** Plays a file by the controls of the browser. A link lasts minutes: where it ended meanwhile it goes on by another. */
export function Playable({ kind: Media, fileId, url, label, onLost }: Props) {
  const renewedAt = useRef<number>(undefined)
  async function goOn({ currentTarget: media }: { currentTarget: HTMLMediaElement }): Promise<void> {
    const { currentTime } = media
    if (renewedAt.current === currentTime) return onLost()
    renewedAt.current = currentTime
    try {
      const { download_url } = await getLinks(fileId, { anew: true })
      media.src = download_url
      media.currentTime = currentTime
      await media.play()
    } catch {
      onLost()
    }
  }
  return <Media src={url} aria-label={label} controls autoplay playsInline onError={goOn} />
}
