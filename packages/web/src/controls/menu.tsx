import type { ComponentChildren } from 'preact'
import { follow } from '../app/router.ts'
import { icons } from './icons.tsx'
import { Opener, type OpenerLook } from './opener.tsx'
import { Popover } from './popover.tsx'

const steps: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at <= 0 ? count - 1 : at - 1),
  Home: () => 0,
  End: (_at, count) => count - 1,
}

function walk(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const step = steps[event.key]
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[role^="menuitem"]')]
  if (!step || all.length === 0) return
  event.preventDefault()
  all[
    step(
      all.findIndex((item) => item.matches(':focus')),
      all.length,
    )
  ]?.focus()
}

type Props = {
  label: string
  /** What the button shows, the words for those who hear it included. */
  face: ComponentChildren
  look?: OpenerLook
  children: ComponentChildren
}

/** A button that opens a list of what one may do; arrows walk it, Escape and whatever is done elsewhere close it. */
export function Menu({ label, face, look = 'menu-button', children }: Props) {
  return (
    <Opener label={label} face={face} look={look} opens="menu">
      {(anchor, close) => (
        <Popover anchor={anchor} label={label} onClose={close}>
          <div role="menu" aria-label={label} tabIndex={-1} onKeyDown={walk} onClick={close}>
            {children}
          </div>
        </Popover>
      )}
    </Opener>
  )
}

type ItemProps = { icon?: ComponentChildren; isDanger?: boolean; onChoose: () => void; children: ComponentChildren }

export function MenuItem({ icon, isDanger = false, onChoose, children }: ItemProps) {
  return (
    <button
      type="button"
      role="menuitem"
      class={`menu-item ${isDanger ? 'danger' : ''}`}
      tabIndex={-1}
      onClick={onChoose}
    >
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
