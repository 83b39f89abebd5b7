import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { environment } from './config.ts'

const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.org']

/** Makes commits upon what a clone has checked out, without touching a file of it or moving its branch. */
export class TestRevisions implements Disposable {
  readonly #clone: string
  readonly #folder = mkdtempSync(join(tmpdir(), 'revisions-'))

  constructor(clone: string) {
    this.#clone = clone
  }

  async #git(...args: string[]): Promise<string> {
    const env = { ...environment, GIT_INDEX_FILE: join(this.#folder, 'index') }
    return (await promisify(execFile)('git', [...who, ...args], { cwd: this.#clone, env })).stdout.trim()
  }

  head(): Promise<string> {
    return this.#git('rev-parse', 'HEAD')
  }

  /** The next revision, with other contents of some files. */
  async commit(files: Readonly<Record<string, string>> = {}): Promise<string> {
    await this.#git('read-tree', 'HEAD')
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.#folder, 'file')
      writeFileSync(file, text)
      const blob = await this.#git('hash-object', '-w', file)
      await this.#git('update-index', '--cacheinfo', `100644,${blob},${path}`)
    }
    return await this.#git('commit-tree', await this.#git('write-tree'), '-p', 'HEAD', '-m', 'Another revision')
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true })
  }
}
