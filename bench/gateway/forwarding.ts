import { accounts, rateClasses, services } from '@secureconnect/protocol'
import { freePort } from '@secureconnect/test/stack'
import { issueToken } from '../shared/issuer.ts'
import { Measured } from '../shared/measured.ts'
import { type Paced, pace, type Saturated, type Shape, saturate } from './load.ts'

/** What is compared, in the order of the table. */
export const targetNames = ['service itself', 'bare undici', 'gateway', 'gateway, no Redis'] as const
export type TargetName = (typeof targetNames)[number]

/** One target's results, a number for each round. */
export type Rounds = { saturated: Record<string, Saturated[]>; paced: Paced[] }
export type Forwarding = Readonly<Record<TargetName, Rounds>>

export type ForwardingOptions = {
  redisEnv: Readonly<Record<string, string>>
  rounds: number
  /** How long each kind of request warms each target up: its code is not compiled for good before some ten thousand. */
  warmSeconds: number
  saturateSeconds: number
  paceSeconds: number
}

function createShapes(token: string): readonly [Shape, Shape] {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: '*/*' }
  const body = JSON.stringify({ text: 'x'.repeat(1_024 - '{"text":""}'.length) })
  return [
    { name: 'GET', method: 'GET', path: accounts.getMe.path, headers },
    { name: 'POST of 1 KiB', method: 'POST', path: accounts.login.path, headers, body },
  ]
}

/** The gateway's settings: limits that the load does not reach, and no shedding of the load that is meant to be too much. */
async function createGatewayEnv(upstream: string): Promise<Record<string, string>> {
  const limits = Object.keys(rateClasses).map((name) => [
    `RATELIMIT_${name.toUpperCase().replace(/[.-]/g, '_')}`,
    '999999',
  ])
  const others = Object.keys(services).filter((name) => name !== 'api-gateway')
  const urls = others.map((name) => [`${name.replace('-service', '').toUpperCase()}_URL`, upstream])
  return { PORT: `${await freePort()}`, SHED_LOAD: 'false', ...Object.fromEntries([...limits, ...urls]) }
}

/** Rounds in which every target has its turn, so that whatever the machine does meanwhile strikes all of them alike. */
export async function compareForwarding({
  redisEnv,
  rounds,
  warmSeconds,
  saturateSeconds,
  paceSeconds,
}: ForwardingOptions): Promise<Forwarding> {
  const { token, keySet } = issueToken()
  const shapes = createShapes(token)
  await using stack = new AsyncDisposableStack()
  const start = async (...args: Parameters<typeof Measured.start>) => stack.use(await Measured.start(...args))
  const upstream = await start('../gateway/echo.ts', { args: [keySet] })
  const startGateway = async (env: Readonly<Record<string, string>>) =>
    start('service.ts', {
      args: ['api-gateway'],
      env: { ...(await createGatewayEnv(upstream.url)), ...env },
      isForwarder: true,
    })
  const targets: Readonly<Record<TargetName, Measured>> = {
    'service itself': await start('../gateway/echo.ts', { args: [keySet], isForwarder: true }),
    'bare undici': await start('../gateway/floor.ts', { args: [upstream.url], isForwarder: true }),
    gateway: await startGateway(redisEnv),
    'gateway, no Redis': await startGateway({ ...redisEnv, REDIS_PORT: `${await freePort()}` }),
  }

  const results = Object.fromEntries(
    targetNames.map((name): [string, Rounds] => [
      name,
      { saturated: Object.fromEntries(shapes.map((shape) => [shape.name, []])), paced: [] },
    ]),
  ) as Record<TargetName, Rounds>
  // The first round only warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const shape of shapes) {
      for (const name of targetNames) {
        const result = await saturate(targets[name], shape, round === 0 ? warmSeconds : saturateSeconds)
        if (round > 0) results[name].saturated[shape.name]?.push(result)
      }
    }
    for (const name of targetNames) {
      const result = await pace(targets[name], shapes[0], paceSeconds)
      if (round > 0) results[name].paced.push(result)
    }
  }
  return results
}
