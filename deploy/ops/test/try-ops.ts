import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Command } from '../src/command.ts'
import { runTool } from '../src/run-tool.ts'
import { usePath } from './config.ts'

/** Giving files to the users of containers takes root. */
export const withoutRoot = process.getuid?.() === 0 ? false : 'only root may give files to the users of containers'

export const answers = ['--domain', 'chat.example.org', '--public-ip', '203.0.113.7', '--smtp-host', 'mail.example.org']

export function createRoot(after: (clean: () => void) => void): string {
  const root = mkdtempSync(join(tmpdir(), 'installation-'))
  after(() => rmSync(root, { recursive: true, force: true }))
  return root
}

/** Runs one command on the installation in `root`, and answers with what an operator would see. */
export async function tryOps(
  root: string,
  command: Command,
  ...words: string[]
): Promise<{ code: number; text: string }> {
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  const surroundings = { root, output: { print: write, tell: write }, signal: new AbortController().signal }
  const code = await runTool([command.name, ...words], { commands: [command], ...surroundings })
  return { code, text: lines.join('\n') }
}

/** Has programs of the test's own, shell scripts by their names, come before those of the machine. */
export function preferPrograms(t: TestContext, root: string, programs: Readonly<Record<string, string>>): void {
  const folder = join(root, 'bin')
  mkdirSync(folder, { recursive: true })
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  usePath(t, (usual) => `${folder}${delimiter}${usual}`)
}
