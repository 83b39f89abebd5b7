import type { StoredFile } from '@secureconnect/sdk'
import { useEffect, useRef, useState } from 'preact/hooks'
import { icons } from '../controls/icons.tsx'
import { findSealedFile, type SealedFile } from '../encryption/sealed-files.ts'
import { words } from '../words/index.ts'
import { isUnsettled } from './known-files.ts'
import { type Links, useLinks } from './links.ts'
import { findPicture } from './local-pictures.ts'
import type { Shape } from './shapes.ts'
import { shownName } from './shown-name.ts'
import { urlOfSmallPicture } from './small-picture.ts'
import { useSeen } from './use-seen.ts'
import { openViewer } from './viewing.ts'

/** A picture of which the service has made no small one is loaded as it is up to this size. */
const mostBytes = 5_000_000

function pictureOf(file: StoredFile, links: Links | undefined): string | undefined {
  const own = findPicture(file.file_id)
  if (own !== undefined || !links) return own
  if (links.preview_url !== null) return links.preview_url
  return file.file_size <= mostBytes ? links.download_url : undefined
}

/** The small picture that came with a sealed file. */
function useSmallPicture(file: SealedFile | undefined): string | undefined {
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    const made = file?.preview === undefined ? undefined : urlOfSmallPicture(file.preview)
    setUrl(made)
    return () => made !== undefined && URL.revokeObjectURL(made)
  }, [file?.fileId])
  return url
}

type Props = { file: StoredFile; isVideo: boolean; shape: Shape | undefined }

/** The picture itself, or the first one of a video; its place is held until it is there. */
function Sight({ file, isVideo }: Props) {
  const box = useRef<HTMLSpanElement>(null)
  const isSeen = useSeen(box)
  const [failures, setFailures] = useState(0)
  const isReady = isVideo || file.has_preview || !isUnsettled(file)
  const sealed = findSealedFile(file.file_id)
  // A sealed file is fetched as a whole: a large one only by whoever opens it.
  const isLarge = sealed !== undefined && (isVideo || file.file_size > mostBytes)
  const small = useSmallPicture(sealed)
  const { links, error, retry } = useLinks(file.file_id, isSeen && isReady && !isLarge)
  // An old link leads nowhere: a new one does, unless there is more that is wrong.
  const fail = () => {
    if (failures === 0) retry()
    setFailures(failures + 1)
  }
  const whole = isVideo ? links?.download_url : pictureOf(file, links)
  const isSmall = whole === undefined && small !== undefined
  const url = whole ?? small
  const isLost = error !== undefined || failures > 1 || (links !== undefined && url === undefined)
  return (
    <span class="sight" ref={box}>
      {isLost && <span class="hint">{isVideo ? icons.video : words.files.noPicture}</span>}
      {!isLost && url !== undefined && (isSmall || !isVideo) && <img src={url} alt="" onError={fail} />}
      {!isLost && url !== undefined && isVideo && !isSmall && (
        <video src={`${url}#t=0.1`} preload="metadata" muted playsInline onError={fail} />
      )}
    </span>
  )
}

/** A picture or a video in a conversation: small, as it will be from the beginning, and opened by a click. */
export function VisualFile(props: Props) {
  const { file, isVideo, shape = { width: 4, height: 3 } } = props
  const name = shownName(file.file_name)
  return (
    <button
      class="visual-file"
      type="button"
      data-file={file.file_id}
      aria-label={isVideo ? words.files.video(name) : words.files.picture(name)}
      style={{ '--width': shape.width, '--height': shape.height }}
      onClick={(event) => openViewer(event.currentTarget)}
    >
      <Sight key={String(file.has_preview)} {...props} />
      {isVideo && <span class="play-mark">{icons.play}</span>}
    </button>
  )
}
