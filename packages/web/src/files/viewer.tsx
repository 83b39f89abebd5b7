import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Button, IconButton } from '../controls/button.tsx'
import { icons } from '../controls/icons.tsx'
import { words } from '../words/index.ts'
import { explainFile } from './explain-file.ts'
import { kindOf } from './file-kinds.ts'
import { DownloadButton } from './file-row.tsx'
import { useFile } from './known-files.ts'
import { useLinks } from './links.ts'
import { Playable } from './playable.tsx'
import { shownName } from './shown-name.ts'
import { closeViewer, step, viewing } from './viewing.ts'

function Lost({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <p role="alert">
      {explainFile(error)} <Button onClick={onRetry}>{words.tryAgain}</Button>
    </p>
  )
}

function Shown({ fileId }: { fileId: string }) {
  const file = useFile(fileId)
  const isLost = useSignal(false)
  const { links, error, retry } = useLinks(fileId, true)
  const lose = () => (isLost.value = true)
  if (file === null) return <p>{words.files.gone}</p>
  if (error !== undefined || isLost.value) {
    const tryAgain = () => {
      isLost.value = false
      retry()
    }
    return <Lost error={error} onRetry={tryAgain} />
  }
  if (!file || !links) return <p aria-busy="true">{words.files.loading}</p>
  const name = shownName(file.file_name)
  if (kindOf(file.content_type) === 'video') {
    return (
      <Playable kind="video" fileId={fileId} url={links.download_url} label={words.files.video(name)} onLost={lose} />
    )
  }
  return <img src={links.download_url} alt={words.files.picture(name)} onError={lose} />
}

function ViewerBar({ fileId, place, onClose }: { fileId: string; place: string; onClose: () => void }) {
  const file = useFile(fileId)
  return (
    <header class="viewer-bar">
      <p class="file-name" aria-live="polite">
        <bdi>{file ? shownName(file.file_name) : ''}</bdi>
        <span class="hint">{place}</span>
      </p>
      {file && <DownloadButton key={fileId} fileId={fileId} name={file.file_name} />}
      <IconButton label={words.close} icon={icons.close} onClick={onClose} />
    </header>
  )
}

const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 }

/** Pictures and videos as large as the window, one after the other. */
export function Viewer() {
  const dialog = useRef<HTMLDialogElement>(null)
  const { fileIds, at } = viewing.value ?? { fileIds: [], at: 0 }
  const fileId = fileIds[at] ?? ''
  // The browser gives the focus back to where it was.
  useEffect(() => dialog.current?.showModal(), [])
  const close = () => dialog.current?.close()

  function handleKey(event: KeyboardEvent): void {
    // In a video the arrows are its own.
    const by = event.target instanceof HTMLVideoElement ? undefined : steps[event.key]
    if (by === undefined) return
    event.preventDefault()
    step(by)
  }

  return (
    <dialog ref={dialog} class="viewer" aria-label={words.files.viewer} onClose={closeViewer} onKeyDown={handleKey}>
      <ViewerBar fileId={fileId} place={words.files.place(at + 1, fileIds.length)} onClose={close} />
      <div class="viewer-stage">
        <IconButton label={words.files.before} icon={icons.back} onClick={() => step(-1)} isDisabled={at === 0} />
        <div class="viewer-shown">
          <Shown key={fileId} fileId={fileId} />
        </div>
        <IconButton
          label={words.files.after}
          icon={icons.next}
          onClick={() => step(1)}
          isDisabled={at === fileIds.length - 1}
        />
      </div>
    </dialog>
  )
}
