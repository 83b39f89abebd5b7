import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'

export type OpenerLook = 'icon-button' | 'menu-button'

type Props = {
  label: string
  /** What the button shows; one that is a picture alone is named by its label. */
  face: ComponentChildren
  look: OpenerLook
  opens: 'menu' | 'dialog'
  /** What is shown while it is open. */
  children: (anchor: Element, close: () => void) => ComponentChildren
}

/** A button that opens a box beside it. */
export function Opener({ label, face, look, opens, children }: Props) {
  const isOpen = useSignal(false)
  const button = useRef<HTMLButtonElement>(null)
  // A click beside an open box closes it first; one on its own button is not to open it again.
  const wasOpen = useRef(false)
  const close = () => (isOpen.value = false)
  return (
    <>
      <button
        ref={button}
        class={look}
        type="button"
        {...(look === 'icon-button' && { 'aria-label': label, title: label })}
        aria-haspopup={opens}
        aria-expanded={isOpen.value}
        onPointerDown={() => (wasOpen.current = isOpen.value)}
        onClick={() => {
          isOpen.value = !wasOpen.current
          wasOpen.current = false
        }}
      >
        {face}
      </button>
      {isOpen.value && button.current && children(button.current, close)}
    </>
  )
}
