import { validationError } from '@secureconnect/service'

/** All that Unicode recommends for interchange: signs, flags, keycaps, skin tones, families. */
const emoji = /^\p{RGI_Emoji}$/v
const asPicture = '\ufe0f'

/** The one way to write an emoji: ❤ and ❤️ are the same. Whatever else comes is refused. */
export function toEmoji(text: string): string {
  const found = [text, `${text}${asPicture}`].find((one) => emoji.test(one))
  if (found === undefined) throw validationError([{ field: 'emoji', message: 'must be one emoji' }])
  return found
}
