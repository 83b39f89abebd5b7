/** Letters that Unicode does not take apart, and what people type who do not have them. */
const plainLetters: Readonly<Record<string, string>> = { Ø: 'O', Ł: 'L', Đ: 'D', Ð: 'D', Æ: 'AE', Œ: 'OE', Þ: 'TH' }

/** Text as the search compares it: without accents and case, its words parted by one space. */
export function foldText(text: string): string {
  // Upper case, because there every letter that has several small forms, such as the Greek sigma, has one.
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase()
  const latin = plain.replace(/[ØŁĐÐÆŒÞ]/g, (letter) => plainLetters[letter] ?? letter)
  return latin.replace(/\s+/g, ' ').trim()
}

/** Every two neighbouring characters: what holds a text holds all of its grams. */
export function listGrams(text: string): string[] {
  const characters = [...text]
  return [...new Set(characters.slice(1).map((character, index) => `${characters[index]}${character}`))]
}

/** What an account is found by: its names one after the other, a space before each word. */
export function toSearchWords({ username, displayName }: { username: string; displayName: string }): string {
  return ` ${foldText(username)} ${foldText(displayName)}`
}
