import { until } from '@secureconnect/test/helpers'
import type { Visitor } from '../visitors.ts'

export type Caller = Pick<Visitor, 'page'>

export const control = ({ page }: Caller, name: string | RegExp) =>
  page.getByRole('button', { name, ...(typeof name === 'string' && { exact: true }) })
export const cardOf = ({ page }: Caller) => page.getByRole('region', { name: 'Incoming call' })
export const tileOf = ({ page }: Caller, name: string) => page.locator('.tile', { hasText: name })

/** Waits until somebody has been shown several pictures of so many cameras and screens. */
export async function seesPictures({ page }: Caller, count: number): Promise<void> {
  const shown = `[...document.querySelectorAll('.tile video')].filter((one) => one.getVideoPlaybackQuality().totalVideoFrames > 3)`
  await until(`${count} pictures`, async () => (await page.evaluate(`${shown}.length`)) === count, 30_000)
}

/** Has somebody hang up, and the other put away what he is told; who hung up goes on writing. */
export async function endCall(first: Caller, ...others: readonly Caller[]): Promise<void> {
  await control(first, 'Hang up').click()
  for (const other of others) {
    await other.page.getByText('The call is over.').waitFor()
    await control(other, 'Close').click()
  }
  for (const one of [first, ...others]) await one.page.locator('.stage').waitFor({ state: 'detached' })
  await first.page.locator('.composer textarea:focus').waitFor()
}

/** Has a page's devices fail as browsers have them fail, until what it returns is called. */
export async function breakDevices(
  { page }: Caller,
  faults: Readonly<Record<string, string>>,
): Promise<() => Promise<void>> {
  await page.evaluate(`
    globalThis.realDevices ??= navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const fault = (${JSON.stringify(faults)})[wanted.audio ? 'mic' : 'camera']
      if (fault) throw new DOMException('No.', fault)
      return realDevices(wanted)
    }`)
  return () => page.evaluate('navigator.mediaDevices.getUserMedia = realDevices')
}

/** Has one call the other, who answers; done once each sees both. */
export async function callAndAnswer(caller: Caller, callee: Caller): Promise<void> {
  await control(caller, 'Video call').click()
  await control(callee, 'Answer with camera').click()
  for (const { page } of [callee, caller]) await page.locator('.tile').nth(1).waitFor()
}
