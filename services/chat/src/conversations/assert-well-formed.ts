import { validationError } from '@secureconnect/service'

/** Refuses halves of characters, which no store can keep as they were sent. */
export function assertWellFormed(texts: Readonly<Record<string, string | null | undefined>>): void {
  const broken = Object.entries(texts).filter(([, text]) => text?.isWellFormed() === false)
  if (broken.length > 0)
    throw validationError(broken.map(([field]) => ({ field, message: 'must be well-formed Unicode' })))
}
