import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'

/** Waits for something that is going to be true, and tells what it was waiting for if it does not come. */
export async function until(what: string, isTrue: () => Promise<boolean> | boolean, withinMs = 20_000): Promise<void> {
  const deadlineAt = performance.now() + withinMs
  while (!(await isTrue())) {
    assert.ok(performance.now() < deadlineAt, `${what} within ${withinMs} ms`)
    await delay(50)
  }
}
