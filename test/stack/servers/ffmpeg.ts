import { findOrInstall } from '../install.ts'

let finding: Promise<string> | undefined

/** The program that calls are recorded by; Debian's where none is there yet. */
export function findFfmpeg(): Promise<string> {
  finding ??= findOrInstall({ name: 'ffmpeg', package: 'ffmpeg', variable: 'PATH' })
  return finding
}
