import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseEnv, promisify } from 'node:util'
import { until } from '@secureconnect/test/helpers'

const run = promisify(execFile)
const project = 'secureconnect'
const folderLabel = 'com.docker.compose.project.working_dir'
/** A container that was stopped while others want it may be started over and over until it is well. */
const recoveryMs = 180_000

/** What the engine says of a container, as far as it is looked at here. */
export type Container = {
  Id: string
  Name: string
  Image: string
  RestartCount: number
  State: { Status: string; ExitCode: number; Health?: { Status: string } }
  Config: { Image: string; Labels: Record<string, string> }
  HostConfig: { PortBindings: Record<string, { HostIp: string; HostPort: string }[]>; RestartPolicy: { Name: string } }
  NetworkSettings: { Networks: Record<string, { IPAddress: string }> }
}

async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('docker', args, { timeout: 120_000, maxBuffer: 256 * 1024 * 1024 })
  return stdout
}

const serviceOf = ({ Config }: Container) => Config.Labels['com.docker.compose.service'] ?? ''

/** Jobs end once they are done. */
export function isJob({ HostConfig }: Container): boolean {
  return HostConfig.RestartPolicy.Name === 'no'
}

function isWell({ State }: Container): boolean {
  return State.Status === 'running' && (State.Health === undefined || State.Health.Status === 'healthy')
}

/** Where a container of ours is reached on the network of the services. */
export function addressIn({ NetworkSettings }: Container, port: number): { address: string } {
  const ip = NetworkSettings.Networks[`${project}_app`]?.IPAddress
  assert.ok(ip, 'it has no address among the services')
  return { address: `http://${ip}:${port}` }
}

/** The stack as it runs on this machine, from whichever folder. */
export class LiveStack {
  /** Finds it, or says in a sentence why there is nothing to look at. */
  static async find(): Promise<LiveStack | string> {
    const filter = ['ps', '--all', '--quiet', '--filter', `label=com.docker.compose.project=${project}`]
    const ids = await docker(...filter).then(
      (said) => said.split('\n').filter(Boolean),
      () => undefined,
    )
    if (!ids) return 'no Docker engine answers here'
    const [first] = ids
    if (!first) return 'the stack does not run here: ./ops up starts it'
    return new LiveStack(
      (await docker('inspect', '--format', `{{index .Config.Labels "${folderLabel}"}}`, first)).trim(),
    )
  }

  /** From where it was started. */
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  async containers(): Promise<Container[]> {
    const ids = await docker('ps', '--all', '--quiet', '--filter', `label=com.docker.compose.project=${project}`)
    return JSON.parse(await docker('inspect', ...ids.split('\n').filter(Boolean)))
  }

  async container(service: string): Promise<Container> {
    const found = (await this.containers()).find((one) => serviceOf(one) === service)
    assert.ok(found, `${service} has no container`)
    return found
  }

  /** The running containers of a service, of which there may be several. */
  async replicas(service: string): Promise<Container[]> {
    return (await this.containers()).filter((one) => serviceOf(one) === service && one.State.Status === 'running')
  }

  /** Where a container is reached on one of its networks; the machine itself reaches those that nobody else does. */
  async addressOf(service: string, network: string): Promise<string> {
    const { NetworkSettings } = await this.container(service)
    const address = NetworkSettings.Networks[`${project}_${network}`]?.IPAddress
    assert.ok(address, `${service} has no address on ${network}`)
    return address
  }

  /** All that is told to nobody, by the file it stands in: neither who one is nor a certificate is a secret. */
  secrets(): Map<string, string> {
    const isTold = /_(user|username|id|cert\.pem|ca\.pem)$/
    const paths = globSync('secrets/**/*', { cwd: this.folder, withFileTypes: true })
      .filter((entry) => entry.isFile() && !isTold.test(entry.name))
      .map(({ parentPath, name }) => join(parentPath, name))
    return new Map(paths.map((path) => [path, readFileSync(path, 'utf8').trim()]))
  }

  secret(service: string, name: string): string {
    return readFileSync(join(this.folder, 'secrets', service, name), 'utf8').trim()
  }

  /** What .env says. */
  setting(name: string): string {
    const value = parseEnv(readFileSync(join(this.folder, '.env'), 'utf8'))[name]
    assert.ok(value, `${name} is not in .env`)
    return value
  }

  inspect(containers: readonly Container[]): Promise<string> {
    return docker('inspect', ...containers.map(({ Id }) => Id))
  }

  /** The environment that a program has which somebody starts in the container; undefined where none can be started. */
  environmentOf({ Id }: Container): Promise<string | undefined> {
    return docker('exec', Id, 'env').catch(() => undefined)
  }

  async logsOf({ Id }: Container): Promise<string> {
    const { stdout, stderr } = await run('docker', ['logs', '--tail', '20000', Id], { maxBuffer: 256 * 1024 * 1024 })
    return stdout + stderr
  }

  historyOf({ Config }: Container): Promise<string> {
    return docker('history', '--no-trunc', '--format', '{{.CreatedBy}}', Config.Image)
  }

  /** How much of its limit each running container has in use. */
  async memory(): Promise<{ name: string; share: number }[]> {
    const ids = await docker('ps', '--quiet', '--filter', `label=com.docker.compose.project=${project}`)
    const stats = ['stats', '--no-stream', '--format', '{{.Name}} {{.MemPerc}}']
    const lines = (await docker(...stats, ...ids.split('\n').filter(Boolean))).split('\n').filter(Boolean)
    return lines.map((line) => {
      const [name = '', share = ''] = line.split(' ')
      return { name, share: Number(share.replace('%', '')) }
    })
  }

  async kill({ Id }: Container): Promise<void> {
    await docker('kill', Id)
  }

  async revive({ Id }: Container): Promise<void> {
    await docker('start', Id)
  }

  async stop(service: string): Promise<void> {
    await docker('stop', (await this.container(service)).Id)
  }

  async start(service: string): Promise<void> {
    await docker('start', (await this.container(service)).Id)
  }

  async pause(service: string): Promise<void> {
    await docker('pause', (await this.container(service)).Id)
  }

  async unpause(service: string): Promise<void> {
    await docker('unpause', (await this.container(service)).Id)
  }

  /** What a program says that is started in a container. */
  async run(service: string, ...words: readonly string[]): Promise<string> {
    return docker('exec', (await this.container(service)).Id, ...words)
  }

  /** Takes the whole stack away, and what is in these volumes. */
  async empty(volumes: readonly string[]): Promise<void> {
    const ids = (await this.containers()).map(({ Id }) => Id)
    await docker('rm', '--force', ...ids)
    await docker('volume', 'rm', ...volumes.map((name) => `${project}_${name}`))
  }

  async restart(service: string): Promise<void> {
    await docker('restart', (await this.container(service)).Id)
  }

  /** Waits until everything that should run does, and is well. */
  async well(): Promise<void> {
    let ill: string[] = []
    const isAllWell = async () => {
      const lasting = (await this.containers()).filter((one) => !isJob(one))
      ill = lasting.flatMap((one) => (isWell(one) ? [] : [serviceOf(one)]))
      return ill.length === 0
    }
    await until('every container is well', isAllWell, recoveryMs).catch((error: unknown) => {
      throw new Error(`${ill.join(', ')} did not become well`, { cause: error })
    })
  }
}

export const nameOf = ({ Name }: Container): string => basename(Name)
