import type { ComponentChildren } from 'preact'

type Props = {
  label: string
  icon: ComponentChildren
  onClick: () => void
  kind?: 'plain' | 'off' | 'danger'
  /** Whether it is in use; left out where it only does something. */
  isPressed?: boolean
  isDisabled?: boolean
  /** Whether it is left out on a phone, where there is no room for all. */
  isOnlyWide?: boolean
  /** Told beside what it is for, such as why it cannot be used. */
  hint?: string
}

/** A round button of a call. */
export function Control({ label, icon, onClick, kind = 'plain', isPressed, isDisabled, isOnlyWide, hint }: Props) {
  return (
    <button
      type="button"
      class={`call-control ${kind} ${isOnlyWide ? 'only-wide' : ''}`}
      aria-label={label}
      aria-pressed={isPressed}
      title={hint ?? label}
      disabled={isDisabled}
      onClick={onClick}
    >
      {icon}
    </button>
  )
}
