import { useId } from 'preact/hooks'

type Props<Name extends string> = {
  label: string
  options: readonly { name: Name; text: string }[]
  chosen: Name
  onChoose: (name: Name) => void
}

/** One of a few, all of which are seen. */
export function Choice<Name extends string>({ label, options, chosen, onChoose }: Props<Name>) {
  const group = useId()
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      <div class="choice-options">
        {options.map(({ name, text }) => (
          <label key={name}>
            <input type="radio" name={group} checked={name === chosen} onChange={() => onChoose(name)} />
            <span>{text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
