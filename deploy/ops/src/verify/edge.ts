import { type Finding, failed, ok } from '../checks/finding.ts'
import { showLogs } from '../docker/show-logs.ts'
import { type Answered, ask } from './ask.ts'
import type { VerifyCheck } from './verify-check.ts'

const setDns = 'Set the DNS, see ./ops doctor; until then ./ops verify --address 127.0.0.1 does without it.'
const logs = showLogs('nginx')

async function judge(
  what: string,
  { url, isRight }: { url: string; isRight: (answer: Answered) => boolean },
): Promise<Finding> {
  try {
    const answer = await ask(url)
    return isRight(answer)
      ? ok(what, `${url} answers ${answer.status}`)
      : failed(what, `${url} answers ${answer.status}`, logs)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return failed(what, reason, /ENOTFOUND|EAI_AGAIN/.test(reason) ? setDns : logs)
  }
}

export const edge: VerifyCheck = {
  name: 'edge',
  run: async ({ place: { domain, filesDomain } }) => {
    const answers = (status: number) => (answer: Answered) => answer.status === status
    const isSecure = (answer: Answered) => answer.status === 200 && answer.headers.has('strict-transport-security')
    const leadsToHttps = ({ status, headers }: Answered) =>
      status === 308 && headers.get('location')?.startsWith(`https://${domain}/`) === true
    return await Promise.all([
      judge('health for balancers', { url: 'http://127.0.0.1:9090/health', isRight: answers(200) }),
      judge('https', { url: `https://${domain}/health`, isRight: isSecure }),
      judge('http leads to https', { url: `http://${domain}/`, isRight: leadsToHttps }),
      judge('metrics are not for the world', { url: `https://${domain}/metrics`, isRight: answers(404) }),
      judge('no file without a signed URL', { url: `https://${filesDomain}/`, isRight: answers(403) }),
    ])
  },
}
