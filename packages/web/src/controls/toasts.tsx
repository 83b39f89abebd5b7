import { words } from '../words/index.ts'
import { IconButton } from './button.tsx'
import { icons } from './icons.tsx'
import { dismiss, toasts } from './toasts.ts'

/** What was told last, for a while. */
export function Toasts() {
  return (
    <div class="toasts" role="status">
      {toasts.value.map((toast) => (
        <p key={toast.text} class="toast">
          {toast.text}
          <IconButton label={words.close} icon={icons.close} onClick={() => dismiss(toast)} />
        </p>
      ))}
    </div>
  )
}
