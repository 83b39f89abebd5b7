import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The installed mediasoup: its version, and the source of its worker. */
export async function findMediasoup(): Promise<{ version: string; workerSource: string }> {
  const folder = fileURLToPath(new URL('../..', import.meta.resolve('mediasoup')))
  const { version }: { version: string } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  return { version, workerSource: join(folder, 'worker') }
}
