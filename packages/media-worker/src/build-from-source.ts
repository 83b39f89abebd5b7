import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { WorkerOptions } from './prepare-worker.ts'

const recipeFolder = join(import.meta.dirname, '..', 'recipe')

type Building = Pick<WorkerOptions, 'onProgress' | 'signal'> & { source: string; target: string }

/** Names the recipe by its content: a changed shim or patch builds anew. */
export async function recipeKey(): Promise<string> {
  const entries = await readdir(recipeFolder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const hash = createHash('sha256')
  for (const file of files.toSorted()) hash.update(file.slice(recipeFolder.length)).update(await readFile(file))
  return hash.digest('hex').slice(0, 8)
}

/** Compiles the worker; of two who want it at the same time one builds, and the other waits for it. */
export async function buildFromSource({ onProgress, signal, source, target }: Building): Promise<void> {
  onProgress('building it from source, which takes some minutes, once')
  signal.throwIfAborted()
  // A group of its own, so that the compilers end with it.
  const build = spawn(join(recipeFolder, 'build.sh'), [source, target], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(build, 'close')
  const end = () => build.pid !== undefined && build.exitCode === null && process.kill(-build.pid)
  signal.addEventListener('abort', end, { once: true })
  createInterface({ input: build.stdout }).on('line', onProgress)
  const complaints: string[] = []
  createInterface({ input: build.stderr }).on('line', (line) => complaints.push(line))
  const [code] = await closed.finally(() => signal.removeEventListener('abort', end))
  signal.throwIfAborted()
  if (code !== 0) throw new Error(complaints.at(-1) ?? 'its build failed', { cause: complaints.join('\n') })
}
