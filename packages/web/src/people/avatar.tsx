import { pictureOf } from './people.ts'

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

function initialsOf(name: string): string {
  const parts = name.trim().split(/\s+/)
  const letters = [parts[0], parts.length > 1 ? parts.at(-1) : undefined].map((part) => {
    const [first] = segmenter.segment(part ?? '')
    return first?.segment ?? ''
  })
  return letters.join('').toLocaleUpperCase()
}

/** The same person has the same colour everywhere. */
function hueOf(id: string): number {
  let sum = 0
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 360
  return sum
}

type Props = { id: string; name: string; size?: 'small' | 'large' | 'huge' }

/** A picture of somebody for the eye alone: his name stands beside it. */
export function Avatar({ id, name, size = 'large' }: Props) {
  const picture = pictureOf(id)
  if (picture) return <img class={`avatar ${size}`} src={picture} alt="" />
  return (
    <span class={`avatar ${size}`} style={{ '--hue': hueOf(id) }} aria-hidden="true">
      {initialsOf(name)}
    </span>
  )
}
