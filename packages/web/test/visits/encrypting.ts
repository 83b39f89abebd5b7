import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { beginWith, type House, messageOf, write } from '../visitors.ts'

export async function talkEncrypted(t: TestContext, house: House): Promise<void> {
  const [ira, jon] = await Promise.all([house.visit('Ira'), house.visit('Jon')])

  await t.test('two people begin an encrypted conversation and read each other', async () => {
    await beginWith(ira, [jon], { isEncrypted: true })
    await write(ira, 'the tide turns at six')
    await jon.page.getByRole('link', { name: /End-to-end encrypted Ira.*the tide turns/ }).click()
    await messageOf(jon, 'the tide turns at six').waitFor()
    await write(jon, 'then I row at five')
    await messageOf(ira, 'then I row at five').waitFor()
    assert.deepEqual([ira.faults, jon.faults], [[], []])
  })
}
