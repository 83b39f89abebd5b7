import { useSignal } from '@preact/signals'
import type { User } from '@secureconnect/sdk'
import { useRef } from 'preact/hooks'
import { enter } from '../account/session.ts'
import { client } from '../app/client.ts'
import { ActButton } from '../controls/act-button.tsx'
import { Button } from '../controls/button.tsx'
import { Panel } from '../controls/panel.tsx'
import { Avatar } from '../people/avatar.tsx'
import { words } from '../words/index.ts'
import { CropDialog } from './crop-dialog.tsx'

/** Takes another picture, or none, and lets go of the one before. */
async function setPicture({ avatar_file_id: before }: User, fileId: string | null): Promise<void> {
  enter(await client.rest.ownAccount.update({ avatar_file_id: fileId }))
  // It stands among one's own files until somebody deletes it there.
  if (before) await client.rest.files.delete({ file_id: before }).catch(() => undefined)
}

export function PicturePanel({ me }: { me: User }) {
  const input = useRef<HTMLInputElement>(null)
  const chosen = useSignal<ImageBitmap | undefined>(undefined)
  const isUnreadable = useSignal(false)
  const { picture: text } = words.settings.profile

  async function choose({ currentTarget }: { currentTarget: HTMLInputElement }): Promise<void> {
    const [file] = currentTarget.files ?? []
    currentTarget.value = ''
    if (!file) return
    chosen.value = await createImageBitmap(file).catch(() => undefined)
    isUnreadable.value = chosen.value === undefined
  }

  async function use(bytes: Blob): Promise<void> {
    const { file_id } = await client.files.upload({ name: 'picture.jpg', bytes })
    await setPicture(me, file_id)
    chosen.value = undefined
  }

  return (
    <Panel title={text.title} hint={text.hint}>
      <div class="row-line own-picture">
        <Avatar id={me.user_id} name={me.display_name} size="huge" />
        <input
          ref={input}
          class="for-readers"
          type="file"
          accept="image/*"
          aria-label={text.file}
          tabIndex={-1}
          onChange={choose}
        />
        <Button onClick={() => input.current?.click()}>{text.choose}</Button>
        {me.avatar_file_id && (
          <ActButton kind="quiet" onAct={() => setPicture(me, null)}>
            {text.remove}
          </ActButton>
        )}
      </div>
      {isUnreadable.value && (
        <p class="error" role="alert">
          {text.unreadable}
        </p>
      )}
      {chosen.value && <CropDialog image={chosen.value} onUse={use} onClose={() => (chosen.value = undefined)} />}
    </Panel>
  )
}
