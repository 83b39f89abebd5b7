import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'

/** What a worker exits with that was not told for which version of mediasoup it is to work. */
const exitWithoutVersion = 41
const withinMs = 10_000

/** Whether a file is a media worker with all the libraries that it needs; any other status means that it cannot run. */
export async function runsHere(path: string): Promise<boolean> {
  const isThere = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
  if (!isThere) return false
  return new Promise((resolve) => {
    execFile(path, { env: {}, timeout: withinMs }, (error) => resolve(error?.code === exitWithoutVersion))
  })
}
