import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { describeUpgrade } from '../src/commands/upgrade.ts'
import { addSettings, readSettings } from '../src/settings/env-file.ts'
import { createRoot, preferPrograms, tryOps } from './try-ops.ts'

const services = ['storage-service', 'auth-service', 'chat-service', 'video-service', 'api-gateway']

/** What the FAKE `docker` does: it keeps the revision of each service in a file, and has one of them fail in one revision. */
const docker = `while IFS== read -r name value; do test "$name" = REVISION && revision=$value; done < .env
read -r broken < state/broken
echo "docker $* @$revision" >> state/told
for service; do :; done
case "$*" in
  *"config --services"*) printf '%s\\n' ${services.join(' ')} ;;
  ps*) echo 1 ;;
  "image inspect"*) test ! -f state/cleared ;;
  *" build"*) test ! -f state/unbuildable ;;
  *" up --detach --no-deps "*) echo "$revision" > "state/runs/$service" ;;
  inspect*)
    printf '['; comma=''
    for name in ${services.join(' ')}; do
      read -r runs < "state/runs/$name"; restarts=0; health=healthy
      if [ "$name@$runs" = "$broken" ]; then restarts=3; health=unhealthy; fi
      printf '%s{"Name":"/%s","RestartCount":%s,"State":{"Status":"running","ExitCode":0,"StartedAt":"","Health":{"Status":"%s"}},"HostConfig":{"RestartPolicy":{"Name":"always"}},"Config":{"Image":"secureconnect/%s:%s","Labels":{"com.docker.compose.service":"%s"}}}' "$comma" $name $restarts $health $name $runs $name
      comma=,
    done
    echo ']' ;;
esac`

/** Another command of ops, as each revision brings it: it fails where it is told to. */
const ownTool = `#!/bin/sh
echo "ops $* @$(git rev-parse --short=12 HEAD)" >> state/told
read -r fails < state/fails
if [ "$1" = "$fails" ]; then exit 1; fi
`

/** A clone with an installation in it that runs the first of its revisions; what the engine and ops are told is written down. */
export class UpgradedClone {
  readonly root: string

  constructor(t: TestContext) {
    this.root = createRoot((clean) => t.after(clean))
    mkdirSync(this.path('state/runs'), { recursive: true })
    for (const name of ['broken', 'fails']) this.note(name, '\n')
    this.git('init', '--quiet', '--initial-branch=main')
    const from = this.commit({
      '.gitignore': '.env\nbin/\nstate/\nsecrets/\n',
      ops: ownTool,
      'packages/sql/migrations/0001.do.first.sql': 'select 1;\n',
    })

    addSettings(this.root, new Map([['REVISION', from]]))
    for (const service of services) this.note(`runs/${service}`, from)
    preferPrograms(t, this.root, { docker })
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts)
  }

  git(...args: string[]): string {
    const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.org']
    return execFileSync('git', [...who, ...args], { cwd: this.root, stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim()
  }

  head(): string {
    return this.git('rev-parse', '--short=12', 'HEAD')
  }

  /** Adds a revision, and answers with its name. */
  commit(files: Readonly<Record<string, string>>): string {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(this.path(path)), { recursive: true })
      writeFileSync(this.path(path), text, { mode: 0o755 })
    }
    this.git('add', '--all')
    this.git('commit', '--quiet', '--message', 'A revision')
    return this.head()
  }

  /** Adds revisions that are not checked out yet; answers with the last one. */
  release(...revisions: Readonly<Record<string, string>>[]): string {
    const before = this.head()
    const names = revisions.map((files) => this.commit(files))
    this.git('branch', '--force', 'next')
    this.git('reset', '--quiet', '--hard', before)
    return names.at(-1) ?? before
  }

  /** Tells the engine or ops how to behave. */
  note(name: string, text: string): void {
    writeFileSync(this.path('state', name), `${text}\n`)
  }

  state(): { step: string } | undefined {
    const path = this.path('state/upgrade.json')
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
  }

  /** What runs: each service's revision, where all have the same, and what the sources and .env say. */
  revisions(): string[] {
    const running = services.map((service) => readFileSync(this.path('state/runs', service), 'utf8').trim())
    return [...new Set([...running, this.head(), readSettings(this.root).get('REVISION') ?? ''])]
  }

  /** What the engine and ops were told since the last time, without mere questions. */
  told(): string[] {
    const path = this.path('state/told')
    const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []
    rmSync(path, { force: true })
    const short = lines.map((line) => line.replace('docker compose', 'compose'))
    return short.filter((line) => /^(ops|compose (up|run|build|pull))/.test(line))
  }

  async upgrade(...words: string[]): Promise<{ code: number; text: string }> {
    const means = { assertReady: async () => undefined, isReached: async () => true, comeBackMs: 0 }
    return await tryOps(this.root, describeUpgrade(means), ...words)
  }
}
