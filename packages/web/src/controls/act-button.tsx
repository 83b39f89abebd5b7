import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { explain } from '../words/explain.ts'
import { Button } from './button.tsx'

type Props = {
  kind?: 'plain' | 'quiet' | 'danger'
  label?: string
  onAct: () => Promise<unknown>
  children: ComponentChildren
}

/** A button for what takes a moment and may fail, which it then says beside itself. */
export function ActButton({ kind = 'plain', label, onAct, children }: Props) {
  const isBusy = useSignal(false)
  const fault = useSignal<string | undefined>(undefined)

  async function act(): Promise<void> {
    isBusy.value = true
    fault.value = undefined
    try {
      await onAct()
    } catch (error) {
      fault.value = explain(error)
    } finally {
      isBusy.value = false
    }
  }

  return (
    <>
      <Button kind={kind} isBusy={isBusy.value} onClick={act} {...(label && { label })}>
        {children}
      </Button>
      {fault.value && (
        <p class="error" role="alert">
          {fault.value}
        </p>
      )}
    </>
  )
}
