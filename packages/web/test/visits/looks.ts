import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { findBarriers } from '../barriers.ts'
import { drawPng } from '../draw-png.ts'
import { looks } from '../looks.ts'
import { beginWith, type House, messageOf, write } from '../visitors.ts'
import { callAndAnswer, endCall, seesPictures } from './calling.ts'

/** The main ways by each size of the page and in each of its themes. */
export async function lookFromAll(t: TestContext, house: House): Promise<void> {
  for (const { name, options } of looks) {
    await t.test(`signing up, writing, a file, a poll and a call: ${name}`, async () => {
      const [kim, leo] = [await house.visit('Kim', options), await house.visit('Leo', options)]
      const { page } = kim
      assert.deepEqual(await findBarriers(page), [], 'at first')
      await beginWith(kim, [leo])
      await write(kim, 'good morning')
      await leo.page.getByRole('link', { name: /Kim.*good morning/ }).click()
      await messageOf(leo, 'good morning').waitFor()

      const choosing = page.waitForEvent('filechooser')
      await page.getByRole('button', { name: 'Attach files' }).click()
      await (await choosing).setFiles({ name: 'quay.png', mimeType: 'image/png', buffer: drawPng(320, 200) })
      await write(kim, 'the quay')
      await messageOf(leo, 'the quay').getByRole('button', { name: 'Picture quay.png' }).locator('img').waitFor()

      await page.getByRole('button', { name: 'New poll' }).click()
      await page.getByLabel('Question').fill('Which boat?')
      await page.getByLabel('Answer 1').fill('red')
      await page.getByLabel('Answer 2').fill('blue')
      await page.getByRole('button', { name: 'Ask' }).click()
      await leo.page.getByLabel('blue').click()
      await page.getByText('1 vote').waitFor()
      for (const who of [kim, leo]) assert.deepEqual(await findBarriers(who.page), [], 'in the conversation')
      const isWider = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'
      assert.equal(await page.evaluate(isWider), false, 'nothing stands out at the side')

      await callAndAnswer(kim, leo)
      for (const who of [kim, leo]) await seesPictures(who, 2)
      assert.deepEqual(await findBarriers(page), [], 'in the call')
      await endCall(leo, kim)
      assert.deepEqual([kim.faults, leo.faults], [[], []])
      await Promise.all([kim, leo].map((who) => who.page.context().close()))
    })
  }
}
