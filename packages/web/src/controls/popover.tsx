import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

const gapPx = 4

/** Puts a box below what it belongs to, or above where there is no room, and never out of the window. */
function place(box: HTMLElement, anchor: Element): void {
  const { left, right, top, bottom } = anchor.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = box
  const isBelow = bottom + gapPx + height <= innerHeight
  const isFromLeft = left + width <= innerWidth
  box.style.top = `${isBelow ? bottom + gapPx : Math.max(gapPx, top - gapPx - height)}px`
  box.style.left = `${isFromLeft ? left : Math.max(gapPx, right - width)}px`
}

type Props = {
  /** What it belongs to. */
  anchor: Element
  label: string
  onClose: () => void
  children: ComponentChildren
}

/** A box over the page that closes by Escape or a click beside it, and gives the keyboard back to where it was. */
export function Popover({ anchor, label, onClose, children }: Props) {
  const box = useRef<HTMLFieldSetElement>(null)
  useLayoutEffect(() => {
    const { current } = box
    if (!current) return
    current.showPopover()
    place(current, anchor)
    current.querySelector<HTMLElement>('button, input')?.focus()
  }, [])
  return (
    <fieldset
      ref={box}
      class="popover"
      popover="auto"
      aria-label={label}
      onToggle={({ newState }) => newState === 'closed' && onClose()}
    >
      {children}
    </fieldset>
  )
}
