import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { explain, explainFields, type Meant } from '../words/explain.ts'
import { Button } from './button.tsx'

type Props = {
  submit: string
  kind?: 'primary' | 'danger'
  /** Said once it is done, where nothing else shows that. */
  done?: string
  meant?: Meant
  /** Does what the form is for; what it throws is told beside the field that it is about, or above the button. */
  onSubmit: (values: Readonly<Record<string, string>>) => Promise<void>
  children: (errors: ReadonlyMap<string, string>) => ComponentChildren
}

function readValues(form: HTMLFormElement): Record<string, string> {
  const entries = [...new FormData(form)].filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return Object.fromEntries(entries)
}

/** A form that is sent once at a time and keeps what was typed when it fails. */
export function Form({ submit, kind = 'primary', done, meant, onSubmit, children }: Props) {
  const isBusy = useSignal(false)
  const failure = useSignal<unknown>(undefined)
  const isDone = useSignal(false)

  async function send(event: SubmitEvent & { currentTarget: HTMLFormElement }): Promise<void> {
    event.preventDefault()
    if (isBusy.value) return
    const values = readValues(event.currentTarget)
    isBusy.value = true
    failure.value = undefined
    isDone.value = false
    try {
      await onSubmit(values)
      isDone.value = true
    } catch (error) {
      failure.value = error
    } finally {
      isBusy.value = false
    }
  }

  const errors = explainFields(failure.value)
  return (
    <form class="form" onSubmit={send}>
      {children(errors)}
      {failure.value !== undefined && errors.size === 0 && (
        <p class="notice error" role="alert">
          {explain(failure.value, meant)}
        </p>
      )}
      {done && isDone.value && (
        <p class="notice" role="status">
          {done}
        </p>
      )}
      <Button kind={kind} type="submit" isBusy={isBusy.value}>
        {submit}
      </Button>
    </form>
  )
}
