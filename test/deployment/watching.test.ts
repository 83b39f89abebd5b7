import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { serviceNames, services } from '@secureconnect/protocol'
import { networksOf, readComposeFile, readYaml, root } from './compose-file.ts'
import { findStackTool } from './stack-tool.ts'

type Targets = { targets: readonly string[] }
type Job = {
  job_name: string
  params?: { module: readonly [string] }
  static_configs?: readonly Targets[]
  file_sd_configs?: readonly { files: readonly string[] }[]
  dns_sd_configs?: readonly { names: readonly string[]; port: number }[]
}

const compose = readComposeFile().services
const image = (service: string) => compose[service]?.image ?? ''
const { scrape_configs: jobs } = readYaml('configs/prometheus/prometheus.yml') as { scrape_configs: Job[] }

/** Each program on its own configuration: how it is asked to judge it without starting. */
const asked = [
  { name: 'amtool', service: 'alertmanager', args: ['check-config', 'configs/alertmanager/alertmanager.yml'] },
  { name: 'loki', service: 'loki', args: ['-config.file=configs/loki/loki.yml', '-verify-config'] },
  { name: 'alloy', service: 'alloy', args: ['validate', 'configs/alloy/config.alloy'] },
  {
    name: 'blackbox_exporter',
    service: 'blackbox-exporter',
    args: ['--config.file=configs/blackbox/blackbox.yml', '--config.check'],
  },
  { name: 'nginx', service: 'docker-proxy', args: ['-t', '-c', join(root, 'configs/nginx/docker-proxy.conf')] },
]
const amtool = await findStackTool('amtool', image('alertmanager'))
const judges = await Promise.all(
  asked.map(async (judge) => ({ ...judge, tool: await findStackTool(judge.name, image(judge.service)) })),
)

/** Where a job looks, as host and port. */
function targetsOf({
  static_configs = [],
  file_sd_configs = [],
  dns_sd_configs = [],
}: Job): { host: string; port: number }[] {
  const files = file_sd_configs.flatMap(({ files }) => files.map((file) => file.replace('/etc/', 'configs/')))
  const listed = files.flatMap((pattern) => globSync(pattern, { cwd: root })).map((file) => readYaml(file) as Targets[])
  const addresses = [...static_configs, ...listed.flat()].flatMap(({ targets }) => targets)
  const fixed = addresses.map((address) => new URL(address.includes('://') ? address : `tcp://${address}`))
  return [
    ...fixed.map(({ hostname, port }) => ({ host: hostname, port: Number(port) })),
    ...dns_sd_configs.flatMap(({ names, port }) => names.map((host) => ({ host, port }))),
  ]
}

test('every service is scraped as a job of its name, at its port', () => {
  for (const name of serviceNames) {
    const job = jobs.find(({ job_name }) => job_name === name)
    const [first] = job ? targetsOf(job) : []
    assert.deepEqual(first, { host: name, port: services[name].port })
    const isReadyAsked = jobs.some(({ static_configs = [] }) =>
      static_configs.some(({ targets }) => targets.includes(`http://${name}:${services[name].port}/ready`)),
    )
    assert.ok(isReadyAsked, `${name} is not asked whether it is ready`)
  }
})

test('everything that is scraped or probed is a container that whoever asks can reach', () => {
  // A second node is in deploy/compose.scale.yml.
  const elsewhere = ['localhost', 'video-service-2']
  for (const job of jobs) {
    const asker = compose[job.params ? 'blackbox-exporter' : 'prometheus']
    assert.ok(asker)
    for (const { host } of targetsOf(job).filter(({ host }) => !elsewhere.includes(host))) {
      const target = compose[host]
      assert.ok(target, `${job.job_name}: there is no ${host}`)
      const shared = networksOf(target).filter((network) => networksOf(asker).includes(network))
      assert.ok(shared.length > 0, `${job.job_name}: ${host} cannot be reached`)
    }
  }
})

test('the engine is asked through its proxy only, at each place that asks it', () => {
  const alloy = readFileSync(join(root, 'configs/alloy/config.alloy'), 'utf8')
  const hosts = [...alloy.matchAll(/^\s*host\s*=\s*(.+)$/gm)].map(([, host]) => host)
  assert.deepEqual(hosts, ['"tcp://docker-proxy:2375"', '"tcp://docker-proxy:2375"'])
  const withSocket = Object.entries(compose).filter(([, { volumes = [] }]) =>
    volumes.some((mount) => JSON.stringify(mount).includes('docker.sock')),
  )
  assert.deepEqual(
    withSocket.map(([name]) => name),
    ['docker-proxy'],
  )
})

for (const { tool, name, service, args } of judges) {
  test(`${name} takes the settings of ${service}`, { skip: typeof tool === 'string' && tool }, async () => {
    assert.ok(typeof tool === 'function')
    const { isContent, said } = await tool(args)
    assert.ok(isContent, said)
  })
}

/** Which receiver each kind of alert has. */
const routes = {
  critical: ['alertname=ServiceDown', 'severity=critical'],
  warning: ['alertname=ArchiveLag', 'severity=warning'],
  heartbeat: ['alertname=Watchdog', 'severity=none'],
}

test('alerts go to the receiver of their severity', { skip: typeof amtool === 'string' && amtool }, async () => {
  assert.ok(typeof amtool === 'function')
  const config = '--config.file=configs/alertmanager/alertmanager.yml'
  for (const [receiver, labels] of Object.entries(routes)) {
    const args = ['config', 'routes', 'test', config, `--verify.receivers=${receiver}`, ...labels]
    const { isContent, said } = await amtool(args)
    assert.ok(isContent, said)
  }
})
