import { spawn } from 'node:child_process'
import { once } from 'node:events'

const keptBytes = 20_000

/** Runs a program with its own words on the terminal, for what takes long; answers with how it ended and its last words. */
export async function showProgram(
  file: string,
  args: readonly string[],
  { folder, env, signal }: { folder: string; env?: NodeJS.ProcessEnv; signal?: AbortSignal | undefined },
): Promise<{ code: number | null; told: string }> {
  const surroundings = { cwd: folder, ...(env && { env }), ...(signal && { signal }) }
  const child = spawn(file, args, { ...surroundings, stdio: ['ignore', 'pipe', 'pipe'] })
  let told = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      process.stderr.write(chunk)
      told = (told + chunk).slice(-keptBytes)
    })
  }
  const [code] = await once(child, 'close')
  return { code, told }
}
