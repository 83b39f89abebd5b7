import { useRef } from 'preact/hooks'
import { IconButton } from '../controls/button.tsx'
import { icons } from '../controls/icons.tsx'
import { words } from '../words/index.ts'
import { attach } from './uploading.ts'

/** Lets files be chosen for the next message. */
export function AttachButton({ conversationId }: { conversationId: string }) {
  const input = useRef<HTMLInputElement>(null)
  function take({ currentTarget: field }: { currentTarget: HTMLInputElement }): void {
    attach(conversationId, [...(field.files ?? [])])
    // The same file may be chosen once more.
    field.value = ''
  }
  return (
    <>
      <input ref={input} type="file" multiple hidden onChange={take} />
      <IconButton label={words.files.attach} icon={icons.clip} onClick={() => input.current?.click()} />
    </>
  )
}
