import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { findProgram } from '../stack/find-program.ts'
import { root } from './compose-file.ts'

const run = promisify(execFile)
const options = { cwd: root, timeout: 120_000, maxBuffer: 16 * 1024 * 1024 }

/** A program that judges configuration: what it says, and whether it is content. */
export type StackTool = (args: readonly string[]) => Promise<{ isContent: boolean; said: string }>

type Failure = { code?: unknown; stdout?: string; stderr?: string }

async function listen(file: string, args: readonly string[]): ReturnType<StackTool> {
  try {
    const { stdout, stderr } = await run(file, args, options)
    return { isContent: true, said: stdout + stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as Failure
    if (typeof code !== 'number') throw error
    return { isContent: false, said: `${stdout}${stderr}` }
  }
}

/** The tool of the image, which sees the repo and the folders named, where the repo's own paths lead, and no network. */
function fromImage(name: string, image: string, folders: readonly string[]): StackTool {
  const mounts = [root, ...folders].flatMap((folder) => ['--volume', `${folder}:${folder}:ro`])
  const how = [
    'run',
    '--rm',
    '--pull=never',
    '--network=none',
    '--tmpfs=/tmp',
    '--user=0',
    ...mounts,
    '--workdir',
    root,
  ]
  return (args) => listen('docker', [...how, '--entrypoint', name, image, ...args])
}

/** Finds a tool on PATH, or else in its image where an engine has that; or says in one sentence what is missing. */
export async function findStackTool(
  name: string,
  image: string,
  folders: readonly string[] = [],
): Promise<StackTool | string> {
  const path = findProgram(name)
  if (path !== undefined) return (args) => listen(path, args)
  const hasImage = await run('docker', ['image', 'inspect', image], { timeout: 10_000 }).then(
    () => true,
    () => false,
  )
  return hasImage ? fromImage(name, image, folders) : `no ${name} on PATH, and no Docker engine with the image ${image}`
}
