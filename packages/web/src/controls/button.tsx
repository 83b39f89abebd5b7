import type { ComponentChildren } from 'preact'

type Props = {
  children: ComponentChildren
  kind?: 'primary' | 'plain' | 'quiet' | 'danger'
  type?: 'button' | 'submit'
  isBusy?: boolean
  isDisabled?: boolean
  /** What is read out where the words on it are too few without those around them. */
  label?: string
  onClick?: () => void
}

export function Button({ children, kind = 'plain', type = 'button', label, isBusy, isDisabled, onClick }: Props) {
  return (
    <button
      class={`button ${kind}`}
      type={type}
      aria-label={label}
      disabled={isDisabled || isBusy}
      aria-busy={isBusy}
      onClick={onClick}
    >
      {children}
    </button>
  )
}

type IconButtonProps = {
  label: string
  icon: ComponentChildren
  onClick?: () => void
  type?: 'button' | 'submit'
  isDisabled?: boolean
}

/** A button that shows a picture; its label is read out, and shown where one rests on it. */
export function IconButton({ label, icon, onClick, type = 'button', isDisabled }: IconButtonProps) {
  return (
    <button class="icon-button" type={type} aria-label={label} title={label} onClick={onClick} disabled={isDisabled}>
      {icon}
    </button>
  )
}
