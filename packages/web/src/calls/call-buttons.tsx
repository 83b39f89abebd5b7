import { useSignal } from '@preact/signals'
import type { OwnConversation } from '@secureconnect/sdk'
import { useEffect } from 'preact/hooks'
import { Button, IconButton } from '../controls/button.tsx'
import { icons } from '../controls/icons.tsx'
import { Menu, MenuItem } from '../controls/menu.tsx'
import { words } from '../words/index.ts'
import { callIcons } from './call-icons.tsx'
import { callProgram, loadCallProgram } from './call-program.ts'
import { callIn, findCallIn } from './calls-going-on.ts'

/** Begins a call in a conversation, or leads into the one that goes on there. */
export function CallButtons({ conversation }: { conversation: OwnConversation }) {
  const { conversation_id: id, member_count: members } = conversation
  const isMissing = useSignal(false)
  const { calls: text } = words
  useEffect(() => {
    // Where nobody can be asked now, events tell of what begins.
    findCallIn(id).catch(() => undefined)
  }, [id])
  const current = callProgram.value?.talk.value
  if (members < 2 || (current?.conversationId === id && current.isGoingOn.value)) return null

  async function begin(withCamera: boolean, hasLobby = false): Promise<void> {
    isMissing.value = false
    try {
      const { beginTalk } = await loadCallProgram()
      beginTalk({ conversationId: id, withCamera, hasLobby })
    } catch {
      isMissing.value = true
    }
  }

  return (
    <div class="call-buttons">
      {isMissing.value && (
        <span class="error" role="alert">
          {text.notLoaded}
        </span>
      )}
      {callIn(id) !== undefined && (
        <Button kind="primary" onClick={() => begin(false)}>
          {text.join}
        </Button>
      )}
      {callIn(id) === undefined && (
        <>
          <IconButton label={text.callBySound} icon={callIcons.phone} onClick={() => begin(false)} />
          <IconButton label={text.callByPicture} icon={callIcons.camera} onClick={() => begin(true)} />
          {conversation.type === 'group' && (
            <Menu label={text.callOtherwise} face={icons.down} look="icon-button">
              <MenuItem icon={callIcons.phone} onChoose={() => begin(false, true)}>
                {text.callWithLobby}
              </MenuItem>
              <MenuItem icon={callIcons.camera} onChoose={() => begin(true, true)}>
                {text.pictureWithLobby}
              </MenuItem>
            </Menu>
          )}
        </>
      )}
    </div>
  )
}
