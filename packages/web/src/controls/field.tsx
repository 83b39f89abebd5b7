import { useEffect, useId, useRef } from 'preact/hooks'

type Props = {
  label: string
  name: string
  type?: 'text' | 'email' | 'password' | 'search' | 'date'
  hint?: string
  error?: string | undefined
  autocomplete?: string
  isRequired?: boolean
  /** Whether one types here first. */
  isFocused?: boolean
  minLength?: number
  maxLength?: number
  value?: string
  onInput?: (value: string) => void
}

/** A line to type into, with what it is for above it and what is wrong with it below. */
export function Field({
  label,
  name,
  type = 'text',
  hint,
  error,
  isRequired = true,
  isFocused,
  onInput,
  ...others
}: Props) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (isFocused) input.current?.focus()
  }, [])
  const note = error ?? hint
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...others}
        ref={input}
        id={id}
        name={name}
        // Preact's types tell these apart by roles, which are not given here.
        type={type as 'text'}
        required={isRequired}
        aria-invalid={error !== undefined}
        aria-describedby={note && `${id}-note`}
        onInput={onInput && ((event) => onInput(event.currentTarget.value))}
      />
      {note && (
        <p id={`${id}-note`} class={error === undefined ? 'hint' : 'error'}>
          {note}
        </p>
      )}
    </div>
  )
}
