import { useSignal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { attempt } from '../../controls/attempt.ts'
import { IconButton } from '../../controls/button.tsx'
import { icons } from '../../controls/icons.tsx'
import { words } from '../../words/index.ts'
import { useTalk } from '../talk.ts'

type Window = ComponentType<{ conversationId: string; onClose: () => void }>

/** Opens the window in which a poll is made, which is loaded then. */
export function PollButton() {
  const { conversationId } = useTalk()
  const opened = useSignal<Window | undefined>(undefined)
  const open = () =>
    attempt(async () => {
      opened.value = (await import('./poll-dialog.tsx')).PollDialog
    })
  const Window = opened.value
  return (
    <>
      <IconButton label={words.polls.new} icon={icons.poll} onClick={open} />
      {Window && <Window conversationId={conversationId} onClose={() => (opened.value = undefined)} />}
    </>
  )
}
