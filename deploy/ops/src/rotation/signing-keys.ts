import { readFileSync, statSync } from 'node:fs'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { Fault } from '../fault.ts'

/** What has to pass before a step: verifiers ask for keys every 5 minutes, and an access token lives for 15. */
const waitSeconds = { pending: 600, retiring: 1_200 } as const

const KeySet = Compile(
  Type.Object({ keys: Type.Array(Type.Object({ state: Type.String() }, { additionalProperties: true })) }),
)

export type Step = { content: string; told: string }

function assertOldEnough(path: string, { seconds, now }: { seconds: number; now: number }): void {
  const leftSeconds = Math.ceil(seconds - (now - statSync(path).mtimeMs) / 1_000)
  if (leftSeconds <= 0) return
  throw new Fault(
    `The last step of this rotation was just taken: not everybody knows its keys yet.`,
    `Run the same again in ${Math.ceil(leftSeconds / 60)} minutes.`,
  )
}

/**
 * The next step of giving access tokens another key, so that none that is out is ever refused: first the new key is
 * published, then it signs, then the old one goes.
 */
export async function takeNextStep(path: string, now = Date.now()): Promise<Step> {
  const { keys } = KeySet.Parse(JSON.parse(readFileSync(path, 'utf8')))
  const has = (state: string) => keys.some((key) => key.state === state)
  if (has('retiring')) {
    assertOldEnough(path, { seconds: waitSeconds.retiring, now })
    const kept = keys.filter(({ state }) => state !== 'retiring')
    return { content: JSON.stringify({ keys: kept }), told: 'The old key is gone: the rotation is finished.' }
  }
  if (has('pending')) {
    assertOldEnough(path, { seconds: waitSeconds.pending, now })
    const moved = keys.map((key) => ({ ...key, state: key.state === 'pending' ? 'active' : 'retiring' }))
    return {
      content: JSON.stringify({ keys: moved }),
      told: 'The new key signs now. Run the same again in 20 minutes: then the old one goes.',
    }
  }
  const { generateSigningKey } = await import('@secureconnect/auth-service')
  const told = 'A new key is published. Run the same again in 10 minutes, when everybody knows it: then it signs.'
  return { content: JSON.stringify({ keys: [...keys, generateSigningKey('pending')] }), told }
}
