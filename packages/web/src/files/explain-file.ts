import { words } from '../words/index.ts'

/** Why a file could not be had, for people. */
export function explainFile(error: unknown): string {
  // Loaded later, and not known here but by its name.
  const isTampered = error instanceof Error && error.name === 'TamperedError'
  return isTampered ? words.encryption.fileTampered : words.files.notDownloaded
}
