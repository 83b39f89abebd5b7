import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { follow } from '../app/router.ts'
import { icons } from './icons.tsx'

const steps: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at <= 0 ? count - 1 : at - 1),
  Home: () => 0,
  End: (_at, count) => count - 1,
}

type Props = {
  label: string
  /** What the button shows, the words for those who hear it included. */
  face: ComponentChildren
  children: ComponentChildren
}

/** A button that opens a list of what one may do; arrows walk it, Escape and whatever is done elsewhere close it. */
export function Menu({ label, face, children }: Props) {
  const isOpen = useSignal(false)
  const id = useId()
  const whole = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const items = () => [...(whole.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])]

  useEffect(() => {
    if (!isOpen.value) return
    items()[0]?.focus()
    const closeFromOutside = ({ target }: Event) => {
      if (target instanceof Node && !whole.current?.contains(target)) isOpen.value = false
    }
    document.addEventListener('pointerdown', closeFromOutside)
    document.addEventListener('focusin', closeFromOutside)
    return () => {
      document.removeEventListener('pointerdown', closeFromOutside)
      document.removeEventListener('focusin', closeFromOutside)
    }
  }, [isOpen.value])

  function close(): void {
    isOpen.value = false
    button.current?.focus()
  }

  function walk(event: KeyboardEvent): void {
    if (event.key === 'Escape') close()
    const step = steps[event.key]
    if (!step) return
    event.preventDefault()
    const all = items()
    all[step(all.indexOf(document.activeElement as HTMLElement), all.length)]?.focus()
  }

  return (
    <div class="menu-place" ref={whole}>
      <button
        ref={button}
        type="button"
        class="menu-button"
        aria-haspopup="menu"
        aria-expanded={isOpen.value}
        aria-controls={isOpen.value ? id : undefined}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        {face}
      </button>
      {isOpen.value && (
        <div id={id} class="menu" role="menu" aria-label={label} tabIndex={-1} onKeyDown={walk} onClick={close}>
          {children}
        </div>
      )}
    </div>
  )
}

type ItemProps = { icon?: ComponentChildren; onChoose: () => void; children: ComponentChildren }

export function MenuItem({ icon, onChoose, children }: ItemProps) {
  return (
    <button type="button" role="menuitem" class="menu-item" tabIndex={-1} onClick={onChoose}>
      {icon}
      {children}
    </button>
  )
}

/** One of several that exclude each other. */
export function MenuChoice({ isChosen, onChoose, children }: Omit<ItemProps, 'icon'> & { isChosen: boolean }) {
  return (
    <button
      type="button"
      role="menuitemradio"
      aria-checked={isChosen}
      class="menu-item"
      tabIndex={-1}
      onClick={onChoose}
    >
      {children}
      {isChosen && icons.check}
    </button>
  )
}

export function MenuLink({ href, icon, children }: Omit<ItemProps, 'onChoose'> & { href: string }) {
  return (
    <a role="menuitem" class="menu-item" tabIndex={-1} href={href} onClick={follow}>
      {icon}
      {children}
    </a>
  )
}

export function MenuRule() {
  return <hr class="menu-rule" />
}
