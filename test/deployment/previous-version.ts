import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root } from './compose-file.ts'

export const migrationsFolder = 'packages/sql/migrations'

function git(...args: string[]): string {
  return execFileSync('git', ['-c', `safe.directory=${root}`, ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim()
}

function tryGit(...args: string[]): string | undefined {
  try {
    return git(...args)
  } catch {
    return undefined
  }
}

/** The newest release before this state of the sources; nothing before there is one, or where its tag was not fetched. */
export function findRelease(): string | undefined {
  return tryGit('describe', '--tags', '--abbrev=0', '--match', 'v*', 'HEAD~1')
}

/** Which migrations a commit has. */
export function listMigrations(commit: string): string[] {
  const listed = git('ls-tree', '--name-only', commit, '--', `${migrationsFolder}/`)
  return listed.split('\n').map((path) => path.slice(migrationsFolder.length + 1))
}

/**
 * What runs elsewhere while this version's migrations run: the newest release, or before there is one what stood before the
 * last change of the schema. A sentence where this clone does not know it.
 */
export function findPrevious(): { commit: string } | string {
  const release = findRelease()
  if (release !== undefined) return { commit: git('rev-parse', `${release}^{commit}`) }
  const changed = tryGit('log', '-1', '--format=%H', '--diff-filter=A', '--', migrationsFolder)
  if (changed === undefined) return 'this is no clone of git'
  const commit = tryGit('rev-parse', '--verify', '--quiet', `${changed}~1^{commit}`)
  return commit === undefined ? 'this clone is too shallow to know the version before the last migration' : { commit }
}

/** The earlier version's sources in a folder of their own, with this version's migrations and packages. */
export class PreviousVersion implements Disposable {
  readonly folder: string

  constructor(commit: string) {
    this.folder = mkdtempSync(join(tmpdir(), 'previous-'))
    const archive = join(this.folder, '.archive.tar')
    git('archive', '--format=tar', `--output=${archive}`, commit, '--', 'packages', 'services', 'test', 'package.json')
    execFileSync('tar', ['--extract', '--file', archive, '--directory', this.folder])
    rmSync(archive)
    this.#addPackages()
    rmSync(this.path(migrationsFolder), { recursive: true })
    cpSync(join(root, migrationsFolder), this.path(migrationsFolder), { recursive: true })
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts)
  }

  /** Links among its own packages lead to its own sources, all others to what is installed here. */
  #addPackages(): void {
    symlinkSync(join(root, 'node_modules'), this.path('node_modules'))
    for (const modules of globSync(['packages/*/node_modules', 'services/*/node_modules', 'test/node_modules'], {
      cwd: root,
    })) {
      if (!existsSync(this.path(dirname(modules), 'package.json'))) continue
      mkdirSync(this.path(dirname(modules)), { recursive: true })
      cpSync(join(root, modules), this.path(modules), { recursive: true, verbatimSymlinks: true })
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
