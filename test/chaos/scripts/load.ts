import assert from 'node:assert/strict'
import { conversations } from '@secureconnect/protocol'
import { until } from '../../helpers/index.ts'
import { call } from '../../services/index.ts'
import type { Act } from '../acts.ts'
import type { Part, Refusal, Scene, Script } from '../script.ts'

/** Far more at once than the service can answer. */
const askers = 200

/** By a queue that is full, or by the one for the database. */
const shed: Refusal = { code: 'CAPACITY', orElse: 'SERVICE_UNAVAILABLE', mayBeDone: true }

/** Many who read as fast as they are answered, until they are told to stop. */
class Flood {
  readonly #asking: Promise<void>[]
  #isOver = false

  constructor(scene: Scene) {
    this.#asking = Array.from({ length: askers }, () => this.#ask(scene))
  }

  async #ask({ cast: { at, ada } }: Scene): Promise<void> {
    while (!this.#isOver) {
      await call(at, conversations.list, { token: ada.token, query: { limit: 50 } }).catch(() => undefined)
    }
  }

  async stop(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#asking)
  }
}

/** Everything but what must go through. */
const givesWay: readonly Act[] = [
  'sign in',
  'read the profile',
  'read the newest',
  'list calls',
  'upload a file',
  'list files',
  'ask for a download',
]

function floodScript(): Script {
  let flood: Flood | undefined
  return {
    fault: `${askers} read without a pause`,
    async strike(scene) {
      flood = new Flood(scene)
    },
    heal: async () => flood?.stop(),
    refused: Object.fromEntries(givesWay.map((act) => [act, shed])),
    async meanwhile({ system }) {
      await until('requests are shed', async () => (await system.total('requests_shed_total')) > 0)
      const answers = await Promise.all(system.names.map((name) => fetch(`${system.address(name)}/health`)))
      for (const { status, url } of answers) assert.equal(status, 200, url)
      return [`requests_shed_total: ${await system.total('requests_shed_total')}`]
    },
    backWithinMs: 5_000,
  }
}

export const load: Part = {
  name: 'load',
  promise:
    'With far more asked than can be answered, health, refresh, sign-out and sends go on; reads and lists are refused with 503 and Retry-After, and that is counted. Within 5 s of its end all is as before.',
  needs: { env: { SHED_LOAD: 'true' } },
  scripts: [floodScript()],
}
