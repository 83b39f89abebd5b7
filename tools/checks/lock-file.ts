/** A lock file that names hosts installs only where they can be reached. */
export function checkLockFile(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      /https?:\/\/|tarball:/.test(line) ? [`pnpm-lock.yaml:${index + 1}: names a host: ${line.trim()}`] : [],
    )
}
