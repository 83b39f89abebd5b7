/** Control characters, and what turns the direction of writing to make `gpj.exe` look like a photo. */
const deceiving = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu

/** A file's name as its download has it: what would deceive the eye is seen. */
export function shownName(name: string): string {
  return name.replace(deceiving, '_')
}
