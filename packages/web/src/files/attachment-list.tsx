import type { Signal } from '@preact/signals'
import { Button, IconButton } from '../controls/button.tsx'
import { icons } from '../controls/icons.tsx'
import { words } from '../words/index.ts'
import { sizeOf } from '../words/sizes.ts'
import { type Attachment, attachmentsOf, readinessOf, refusalOf } from './attachments.ts'
import { findPicture } from './local-pictures.ts'
import { shownName } from './shown-name.ts'
import { takeOut, uploadAgain } from './uploading.ts'

function pictureOf({ id, upload }: Attachment): string | undefined {
  return findPicture(upload.is === 'there' ? upload.fileId : id)
}

function Progress({ attachment: { name, size, upload } }: { attachment: Attachment }) {
  const { files } = words
  if (upload.is === 'waiting') return <span class="hint">{files.waiting}</span>
  if (upload.is === 'there') return <span class="hint">{sizeOf(size)}</span>
  if (upload.is === 'failed') {
    return (
      <span class="error" role="alert">
        {upload.why}
      </span>
    )
  }
  return (
    <>
      <progress max={size} value={upload.sent} aria-label={files.uploading(shownName(name))} />
      <span class="hint">{upload.isStill ? files.still : files.sent(Math.floor((upload.sent / size) * 100))}</span>
    </>
  )
}

function Row({ conversationId, attachment }: { conversationId: string; attachment: Attachment }) {
  const { id, upload } = attachment
  const name = shownName(attachment.name)
  const picture = pictureOf(attachment)
  return (
    <li class={`attachment ${upload.is}`}>
      {picture === undefined ? icons.file : <img src={picture} alt="" />}
      <p class="file-name">
        <bdi>{name}</bdi>
        <Progress attachment={attachment} />
      </p>
      {upload.is === 'failed' && (
        <IconButton label={words.files.uploadAgain(name)} icon={icons.again} onClick={() => uploadAgain(id)} />
      )}
      <IconButton
        label={words.files.takeOut(name)}
        icon={icons.close}
        onClick={() => takeOut(conversationId, attachment)}
      />
    </li>
  )
}

type Props = { conversationId: string; isHeld: Signal<boolean> }

/** The files that go with the message that is being written; while they are uploaded it can be held until they are there. */
export function AttachmentList({ conversationId, isHeld }: Props) {
  const attachments = attachmentsOf(conversationId)
  const refusal = refusalOf(conversationId)
  return (
    <>
      {refusal && (
        <p class="error" role="alert">
          {refusal}
        </p>
      )}
      {attachments.length > 0 && (
        <ul class="attachments" aria-label={words.files.attached}>
          {attachments.map((attachment) => (
            <Row key={attachment.id} conversationId={conversationId} attachment={attachment} />
          ))}
        </ul>
      )}
      {readinessOf(attachments) === 'failed' && <p class="hint">{words.files.someFailed}</p>}
      {isHeld.value && (
        <p class="held" role="status">
          {words.files.held}{' '}
          <Button kind="quiet" onClick={() => (isHeld.value = false)}>
            {words.files.notYet}
          </Button>
        </p>
      )}
    </>
  )
}
