/** The beginning of a text, cut between characters and marked where something is missing. */
export function shorten(text: string, characters: number): string {
  if (text.length <= characters) return text
  const parts = [...text.slice(0, characters * 2)]
  return parts.length <= characters ? text : `${parts.slice(0, characters - 1).join('')}…`
}
