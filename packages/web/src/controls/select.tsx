import { useId } from 'preact/hooks'

type Props<Name extends string> = {
  label: string
  options: readonly { name: Name; text: string }[]
  chosen: Name
  onChoose: (name: Name) => void
}

/** One of several, of which the chosen one is seen. */
export function Select<Name extends string>({ label, options, chosen, onChoose }: Props<Name>) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={chosen}
        onChange={({ currentTarget: { selectedIndex } }) => {
          const option = options[selectedIndex]
          if (option) onChoose(option.name)
        }}
      >
        {options.map(({ name, text }) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </div>
  )
}
