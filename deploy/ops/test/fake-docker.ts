import type { TestContext } from 'node:test'
import { preferPrograms } from './try-ops.ts'

/** What the fake engine has: the answers of `docker` by the words that it is called with, as patterns of the shell. */
export type Answers = {
  version?: string
  compose?: string
  containers?: unknown
  services?: string
  model?: unknown
  refusesExec?: boolean
  logs?: string
  audit?: unknown
  /** What each name or id of an image leads to; nothing where it is not there. */
  images?: Readonly<Record<string, unknown>>
}

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** A FAKE `docker` program, for what a real engine cannot be brought to say: that it is old, or that containers fail. */
export function fakeDocker(t: TestContext, root: string, answers: Answers): void {
  const {
    version = '28.5.2',
    compose = '2.40.3',
    containers = [],
    services = '',
    model = { services: {} },
    refusesExec = false,
    logs = '',
    audit = {},
    images = {},
  } = answers
  const ofImages = Object.entries(images).map(
    ([name, image]) => `  "image inspect ${name}") echo ${quote(JSON.stringify([image]))} ;;`,
  )
  preferPrograms(t, root, {
    docker: `case "$*" in
${ofImages.join('\n')}
  "image inspect"*) echo 'No such image' >&2; exit 1 ;;
  version*) echo ${quote(version)} ;;
  "compose version"*) echo ${quote(compose)} ;;
  info*) echo /nowhere ;;
  *"config --services"*) printf '%s\\n' ${quote(services)} ;;
  *"config --format json"*) echo ${quote(JSON.stringify(model))} ;;
  ps*) echo 1 ;;
  exec*) cat > /dev/null; ${refusesExec ? 'echo refused >&2; exit 1' : 'true'} ;;
  *" logs "*) printf '%s' ${quote(logs)} ;;
  *" exec --no-TTY "*) echo ${quote(JSON.stringify(audit))} ;;
  inspect*) echo ${quote(JSON.stringify(containers))} ;;
esac`,
  })
}

/** A `docker` program that fails as the real one does. */
export function failingDocker(t: TestContext, root: string, words: string): void {
  preferPrograms(t, root, { docker: `echo ${quote(words)} >&2; exit 1` })
}

/** A container as `docker inspect` shows it. */
export function runningContainer(service: string, state: object = {}, policy = 'always') {
  return {
    Name: `/${service}`,
    RestartCount: 3,
    State: { Status: 'running', ExitCode: 0, StartedAt: new Date().toISOString(), ...state },
    HostConfig: { RestartPolicy: { Name: policy } },
    Config: { Image: 'some/image:1', Labels: { 'com.docker.compose.service': service } },
  }
}
