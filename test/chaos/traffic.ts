import { setTimeout as delay } from 'node:timers/promises'
import { type Act, type Answer, acts, allActs } from './acts.ts'
import type { Cast } from './cast.ts'

/** What an act came to: done, or refused with a status, a code and how long to wait; 0 is no answer at all. */
export type Outcome = Readonly<{
  act: Act
  beganAt: number
  tookMs: number
  isDone: boolean
  status: number
  code: string | undefined
  retryAfter: string | null
}>

const pauseMs = 250

async function readCode(answer: Answer): Promise<string | undefined> {
  if (!(answer instanceof Response)) return answer.code
  const text = await answer.text()
  return text.startsWith('{') ? JSON.parse(text).error?.code : undefined
}

async function perform(act: Act, cast: Cast): Promise<Outcome> {
  const beganAt = performance.now()
  const took = () => performance.now() - beganAt
  try {
    const answer = await acts[act](cast)
    const code = await readCode(answer)
    const { status, headers } = answer
    const isDone = status >= 200 && status < 300
    return { act, beganAt, tookMs: took(), isDone, status, code, retryAfter: headers.get('retry-after') }
  } catch (error) {
    const code = error instanceof Error ? error.name : 'Error'
    return { act, beganAt, tookMs: took(), isDone: false, status: 0, code, retryAfter: null }
  }
}

/** Everything that people do, all the time, each act as soon as its answer is there and a pause is over. */
export class Traffic {
  readonly outcomes: Outcome[] = []
  readonly #cast: Cast
  readonly #going: Promise<void>[]
  #isOver = false

  constructor(cast: Cast) {
    this.#cast = cast
    this.#going = [...allActs.map((act) => this.#repeat(act)), this.#queue()]
  }

  async #repeat(act: Act): Promise<void> {
    while (!this.#isOver) {
      this.outcomes.push(await perform(act, this.#cast))
      await delay(pauseMs)
    }
  }

  async #queue(): Promise<void> {
    for (; !this.#isOver; await delay(pauseMs)) this.#cast.letters.queue()
  }

  /** What began after a moment. */
  since(at: number): Outcome[] {
    return this.outcomes.filter(({ beganAt }) => beganAt >= at)
  }

  async stop(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#going)
  }
}
