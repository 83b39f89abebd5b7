import { type ServiceName, services } from '@secureconnect/protocol'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { ask } from '../verify/ask.ts'

const Health = Compile(
  Type.Object({ revision: Type.String(), checks: Type.Record(Type.String(), Type.Object({ status: Type.String() })) }),
)

async function isAnsweredBy(revision: string, url: string): Promise<boolean> {
  const { status, text } = await ask(url)
  return status === 200 && Health.Parse(JSON.parse(text)).revision === revision
}

/** Whether people reach the service of that revision: it is ready itself, and through nginx the gateway finds it. */
export async function isReached(service: ServiceName, revision: string): Promise<boolean> {
  const at = (path: string) => `http://127.0.0.1:${services[service].port}${path}`
  if ((await ask(at('/ready'))).status !== 200 || !(await isAnsweredBy(revision, at('/health')))) return false
  const { status, text } = await ask('http://127.0.0.1:9090/health')
  if (status !== 200) return false
  const { checks } = Health.Parse(JSON.parse(text))
  return service === 'api-gateway' || checks[service]?.status === 'up'
}
