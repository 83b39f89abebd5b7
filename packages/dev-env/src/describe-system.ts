import { serviceNames } from '@secureconnect/protocol'
import type { EmbeddedSystem } from './embedded-system.ts'

const person = { email: 'ada@example.org', username: 'ada', display_name: 'Ada', password: 'seven quiet harbours' }

/** What a person needs to know once the system runs. The commands can be pasted in this order, after every start. */
export function describeSystem(
  { addresses, logFile }: EmbeddedSystem,
  { folder, seconds }: { folder: string; seconds: string },
): string {
  const hostOf = (address: string) => address.replace('http://127.0.0.1', 'localhost')
  const gateway = hostOf(addresses['api-gateway'])
  const { email, password } = person
  return `
SecureConnect runs (started in ${seconds} s). Stop it with Ctrl-C.

${serviceNames.map((service) => `  ${service.padEnd(16)} http://${hostOf(addresses[service])}`).join('\n')}

  data             ${folder}
  log              ${logFile}
  a call           http://${gateway}/try/call

Open http://${gateway}/ in a browser: make an account there, and a second one in a private window, and write to each other.

Or try the API in another terminal: make an account, sign in, ask who you are.

  curl -s ${gateway}/v1/auth/register -H 'content-type: application/json' \\
    -d '${JSON.stringify(person)}'
  TOKEN=$(curl -s ${gateway}/v1/auth/login -H 'content-type: application/json' \\
    -d '${JSON.stringify({ email, password })}' |
    node -p 'JSON.parse(fs.readFileSync(0)).data.access_token')
  curl -s ${gateway}/v1/users/me -H "authorization: Bearer $TOKEN"
`
}
