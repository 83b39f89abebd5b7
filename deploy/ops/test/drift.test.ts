import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { drift } from '../src/commands/drift.ts'
import { findUnseen } from '../src/drift/find-unseen.ts'
import { scheduleDrift } from '../src/drift/schedule.ts'
import { addSettings, replaceSetting } from '../src/settings/env-file.ts'
import { fakeDocker } from './fake-docker.ts'
import { createRoot, preferPrograms, tryOps } from './try-ops.ts'

const root = createRoot(after)
const config = join(root, 'configs/nginx/nginx.conf')
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: root })
const head = () => git('rev-parse', '--short=12', 'HEAD').toString().trim()
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000)

before(() => {
  mkdirSync(join(config, '..'), { recursive: true })
  writeFileSync(config, 'worker_processes 1;\n')
  writeFileSync(join(root, '.gitignore'), '.env\nbin/\nstate/\n')
  git('init', '--quiet')
  git('add', '.')
  git('commit', '--quiet', '--message', 'A configuration')
  for (const path of [config, join(config, '..')]) utimesSync(path, minutesAgo(60), minutesAgo(60))
  addSettings(root, new Map([['REVISION', head()]]))
})

const image = 'nginxinc/nginx-unprivileged:1.30'

/** An installation of two services that is as it should be: the compose file, its containers and its images. */
function describeInstallation() {
  const container = {
    Name: '/secureconnect_nginx',
    Image: 'sha256:one',
    State: { Status: 'running', StartedAt: minutesAgo(30).toISOString(), Pid: 0 },
    HostConfig: { PortBindings: { '8443/tcp': [{ HostIp: '', HostPort: '443' }] } },
    Config: {
      Image: image,
      Hostname: 'nginx',
      Env: ['DOMAIN=chat.example.org', 'PRICE=1$', 'PATH=/usr/bin'],
      Labels: {
        'com.docker.compose.project': 'secureconnect',
        'com.docker.compose.service': 'nginx',
        'com.docker.compose.project.working_dir': root,
      } as Record<string, string>,
    },
    NetworkSettings: { Networks: { secureconnect_edge: {} } as Record<string, unknown> },
  }
  const gateway = structuredClone(container)
  gateway.Name = '/api-gateway'
  gateway.HostConfig.PortBindings = {} as typeof gateway.HostConfig.PortBindings
  gateway.Config.Image = `secureconnect/api-gateway:${head()}`
  gateway.Config.Env = ['PATH=/usr/bin']
  Object.assign(gateway.Config.Labels, {
    'com.docker.compose.service': 'api-gateway',
    'org.opencontainers.image.revision': head(),
  })
  const model = {
    services: {
      nginx: {
        image,
        container_name: 'secureconnect_nginx',
        restart: 'always',
        environment: { DOMAIN: 'chat.example.org', PRICE: '1$$' },
        networks: { edge: null },
        ports: [{ target: 8443, published: '443', protocol: 'tcp' }],
        volumes: [{ type: 'bind', source: config, target: '/etc/nginx/nginx.conf' }],
      },
      'api-gateway': {
        image: gateway.Config.Image,
        container_name: 'api-gateway',
        restart: 'always',
        networks: { edge: null },
      },
    },
    networks: { edge: { name: 'secureconnect_edge' } },
  }
  const found = { Id: 'sha256:one', Config: { Env: ['PATH=/usr/bin'] } }
  const images: Record<string, typeof found> = { [image]: found, [gateway.Config.Image]: found, 'sha256:one': found }
  return { model, nginx: container, gateway, containers: [container, gateway], images }
}
type Installation = ReturnType<typeof describeInstallation>

async function lookAt(t: TestContext, change: (installation: Installation) => void = () => undefined) {
  const installation = describeInstallation()
  change(installation)
  fakeDocker(t, root, installation)
  return await tryOps(root, drift)
}

/** A container that compose knows nothing of. */
function addByHand({ containers, nginx }: Installation, name: string, networks: string[]): void {
  const Config = { Image: 'alpine:3', Hostname: name, Env: [], Labels: {} }
  const Networks = Object.fromEntries(networks.map((network) => [network, {}]))
  containers.push({ ...structuredClone(nginx), Name: `/${name}`, Config, NetworkSettings: { Networks } })
}

test('where all is as it should be nothing is found, and Prometheus is told so', async (t) => {
  const { code, text } = await lookAt(t)
  assert.equal(code, 0, text)
  assert.match(text, /what runs is what the compose file says/)
  assert.match(readFileSync(join(root, 'state/metrics/drift.prom'), 'utf8'), /^config_drift_findings 0$/m)
})

const cases: Readonly<Record<string, [change: (installation: Installation) => void, expected: RegExp]>> = {
  'a service without a container': [({ containers }) => containers.pop(), /service api-gateway +has no container/],
  'a service that was stopped': [
    ({ nginx }) => Object.assign(nginx.State, { Status: 'exited' }),
    /service nginx +is exited and should run/,
  ],
  'a container on one of our networks': [
    (all) => addByHand(all, 'trial', ['secureconnect_edge']),
    /container trial +was run by hand on secureconnect_edge, from alpine:3\n +-> docker rm --force trial/,
  ],
  'a container with one of our names': [
    (all) => addByHand(all, 'secureconnect_redis', ['bridge']),
    /container secureconnect_redis +was run by hand under a name of ours/,
  ],
  'a service that is no longer in the file': [
    ({ nginx }) => Object.assign(nginx.Config.Labels, { 'com.docker.compose.service': 'old' }),
    /belongs to no service of the compose file/,
  ],
  'a second container of a service': [
    ({ containers, gateway }) => containers.push({ ...structuredClone(gateway), Name: '/api-gateway-2' }),
    /service api-gateway +has 2 containers: api-gateway, api-gateway-2/,
  ],
  'another image': [
    ({ nginx }) => Object.assign(nginx.Config, { Image: 'nginx:1.28' }),
    /image of nginx +is nginx:1.28, not nginxinc\/nginx-unprivileged:1.30/,
  ],
  'a tag that moved': [
    ({ images }) => Object.assign(images, { [image]: { Id: 'sha256:two', Config: { Env: [] } } }),
    /image of nginx +is an older one of nginxinc/,
  ],
  'an image of another revision': [
    ({ gateway }) => Object.assign(gateway.Config.Labels, { 'org.opencontainers.image.revision': 'abc' }),
    /image of api-gateway +is of revision abc, not/,
  ],
  'an environment that was changed': [
    ({ nginx }) => Object.assign(nginx.Config, { Env: ['DOMAIN=other.example.org', 'DEBUG=1', 'PATH=/usr/bin'] }),
    /environment of nginx +has DEBUG beside what it is given; lacks PRICE; has another DOMAIN/,
  ],
  'a network more and one fewer': [
    ({ nginx }) => Object.assign(nginx.NetworkSettings, { Networks: { bridge: {} } }),
    /networks of nginx +has bridge too[\s\S]+networks of nginx +lacks secureconnect_edge/,
  ],
  'a port that nobody publishes': [
    ({ gateway }) => Object.assign(gateway.HostConfig.PortBindings, { '9/tcp': [{ HostPort: '9' }] }),
    /ports of api-gateway +publish 0.0.0.0:9->9\/tcp too/,
  ],
  'a port on another address': [
    ({ model }) => Object.assign(model.services.nginx.ports[0] ?? {}, { host_ip: '127.0.0.1' }),
    /publish 0.0.0.0:443->8443\/tcp too; do not publish 127.0.0.1:443->8443\/tcp/,
  ],
}

for (const [name, [change, expected]] of Object.entries(cases)) {
  test(`${name} is found, with the way out`, async (t) => {
    const { code, text } = await lookAt(t, change)
    assert.equal(code, 1, text)
    assert.match(text, expected)
    assert.doesNotMatch(text, /other\.example\.org/)
    assert.doesNotMatch(readFileSync(join(root, 'state/metrics/drift.prom'), 'utf8'), /^config_drift_findings 0$/m)
  })
}

test('what ops itself notes for node-exporter, drift among it, is no drift', async (t) => {
  const mount = { type: 'bind', source: join(root, 'state/metrics'), target: '/var/lib/ops' }
  const withFigures = ({ model }: Installation) => void model.services.nginx.volumes.push(mount)
  await lookAt(t, withFigures)
  const { code, text } = await lookAt(t, withFigures)
  assert.equal(code, 0, text)
})

test('a config that was edited after its container started is named, and that it differs from the commit', async (t) => {
  appendFileSync(config, '# by hand\n')
  t.after(() => git('checkout', '--quiet', '--', '.'))
  const { text } = await lookAt(t)
  assert.match(text, /config of nginx +configs\/nginx\/nginx.conf was changed after nginx started/)
  assert.match(text, /configs\/nginx\/nginx.conf differs from the commit, which nginx mounts/)
})

test('sources of another commit than .env says are named', async (t) => {
  replaceSetting(root, 'REVISION', 'earlier')
  t.after(() => replaceSetting(root, 'REVISION', head()))
  const { text } = await lookAt(t)
  assert.match(text, /sources +are revision [0-9a-f]{12}(-changed)?, and what is to run is earlier/)
})

test('a process that says to be another revision than its image is named', async (t) => {
  const server = createServer((_request, response) => response.end(JSON.stringify({ revision: 'earlier' })))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => server.close())
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  const HostPort = String(address.port)
  const { text } = await lookAt(t, ({ gateway }) =>
    Object.assign(gateway.HostConfig.PortBindings, { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort }] }),
  )
  assert.match(text, /service api-gateway +says to be revision earlier/)
})

test('a file that was put in the place of another is not what a container sees', async (t) => {
  const view = readFileSync('/etc/hostname', 'utf8').trim()
  if (view !== hostname()) return t.skip('this machine is called otherwise than its file says')
  const [source, target] = [join(root, 'state/new.conf'), join(root, 'state/seen.conf')]
  const here = { pid: process.pid, hostname: view }
  for (const path of [source, target]) writeFileSync(path, 'same')
  assert.equal(findUnseen(here, { source, target }), undefined)
  writeFileSync(target, 'other')
  assert.equal(findUnseen(here, { source, target }), source)
  assert.equal(findUnseen({ ...here, hostname: 'elsewhere' }, { source, target }), undefined)
})

test('a file that an override lays over one of a mounted folder is judged by itself', (t) => {
  const view = readFileSync('/etc/hostname', 'utf8').trim()
  if (view !== hostname()) return t.skip('this machine is called otherwise than its file says')
  const [folder, seen] = [join(root, 'state/folder'), join(root, 'state/seen')]
  for (const path of [folder, seen]) mkdirSync(path)
  t.after(() => {
    for (const path of [folder, seen]) rmSync(path, { recursive: true })
  })
  writeFileSync(join(folder, 'targets.yml'), 'one')
  writeFileSync(join(seen, 'targets.yml'), 'none')
  const here = { pid: process.pid, hostname: view }
  const mounted = { source: folder, target: seen }
  assert.equal(findUnseen(here, mounted, [mounted]), join(folder, 'targets.yml'))
  const over = { source: join(root, 'state/none.yml'), target: join(seen, 'targets.yml') }
  assert.equal(findUnseen(here, mounted, [mounted, over]), undefined)
})

test('systemd is given a timer, and where there is none a line for cron is', async (t) => {
  const units = join(root, 'state/units')
  mkdirSync(units)
  t.after(() => rmSync(units, { recursive: true }))
  preferPrograms(t, root, { systemctl: `echo "$*" >> ${join(units, 'told')}` })
  assert.match(await scheduleDrift(root, { units, sign: root }), /every 15 minutes/)
  assert.equal(readFileSync(join(units, 'told'), 'utf8'), 'daemon-reload\nenable --now secureconnect-drift.timer\n')
  assert.match(
    readFileSync(join(units, 'secureconnect-drift.service'), 'utf8'),
    new RegExp(`^ExecStart=${root}/ops drift$`, 'm'),
  )
  await assert.rejects(scheduleDrift(root, { units, sign: join(root, 'nowhere') }), /no systemd/)
})
