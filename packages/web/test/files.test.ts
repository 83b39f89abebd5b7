import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scale } from '@secureconnect/test/helpers'
import { findBarriers } from './barriers.ts'
import { drawPng } from './draw-png.ts'
import { beginWith, messageOf, openHouse, type Visitor, write } from './visitors.ts'

type Given = { name: string; mimeType: string; buffer: Buffer }

const picture: Given = { name: 'harbour.png', mimeType: 'image/png', buffer: drawPng(640, 360) }
const notes: Given = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('the tide turns at six') }

/** Chooses files as one does behind the button. */
async function attach({ page }: Pick<Visitor, 'page'>, files: readonly Given[]): Promise<void> {
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Attach files' }).click()
  await (await choosing).setFiles([...files])
}

const inFull = { skip: scale(1, 0) === 0 && 'what goes wrong takes long, so only at full size' }

test('people send each other files', async (t) => {
  const house = await openHouse(t)
  const ada = await house.visit('Ada')
  const bob = await house.visit('Bob', { viewport: { width: 390, height: 760 }, colorScheme: 'dark' })
  await beginWith(ada, [bob])

  await t.test('files go with a message, are seen, and come down as they were', async () => {
    await attach(ada, [picture, notes])
    await write(ada, 'see the harbour')
    const said = messageOf(ada, 'see the harbour')
    await said.getByRole('button', { name: 'Picture harbour.png' }).waitFor()
    await bob.page.getByRole('link', { name: /Ada/ }).click()
    const heard = messageOf(bob, 'see the harbour')
    const shown = heard.getByRole('button', { name: 'Picture harbour.png' })
    await shown.locator('img').waitFor()
    const downloading = bob.page.waitForEvent('download')
    await heard.getByRole('button', { name: 'Download notes.txt' }).click()
    const download = await downloading
    assert.equal(download.suggestedFilename(), 'notes.txt')
    assert.deepEqual([ada.faults, bob.faults], [[], []])
  })

  await t.test('a picture is looked at in full size, and the keys lead on and back', async () => {
    await attach(ada, [{ ...picture, name: 'second.png' }])
    await ada.page.getByLabel(/^Write to/).press('Enter')
    const second = ada.page.getByRole('button', { name: 'Picture second.png' })
    await second.click()
    const viewer = ada.page.getByRole('dialog', { name: 'Pictures and videos' })
    await viewer.getByRole('img', { name: 'Picture second.png' }).waitFor()
    await ada.page.keyboard.press('ArrowLeft')
    await viewer.getByRole('img', { name: 'Picture harbour.png' }).waitFor()
    await ada.page.keyboard.press('Escape')
    await viewer.waitFor({ state: 'detached' })
    assert.deepEqual([ada.faults, bob.faults], [[], []])
  })
  await t.test('a voice message is recorded, heard before it is sent, and played by who gets it', async () => {
    const { page } = ada
    await page.getByRole('button', { name: 'Record a voice message' }).click()
    const panel = page.getByRole('group', { name: 'Voice message' })
    await panel.getByText('0:01').waitFor()
    await panel.getByRole('button', { name: 'Done' }).click()
    await panel.getByRole('button', { name: 'Play Voice message' }).click()
    await panel.getByRole('button', { name: 'Pause Voice message' }).waitFor()
    await panel.getByRole('button', { name: 'Send voice message' }).click()
    await panel.waitFor({ state: 'detached' })
    await bob.page.getByRole('button', { name: 'Play Voice message.webm' }).click()
    await bob.page.getByRole('button', { name: 'Pause Voice message.webm' }).waitFor()
    assert.deepEqual([ada.faults, bob.faults], [[], []])
  })

  await t.test('without a microphone one is told why', inFull, async () => {
    const { page } = ada
    const refusal = "async () => { throw new DOMException('not this time', 'NotAllowedError') }"
    await page.evaluate(`navigator.mediaDevices.getUserMedia = ${refusal}`)
    await page.getByRole('button', { name: 'Record a voice message' }).click()
    await page.getByText('The browser may not use the microphone.').waitFor()
    assert.deepEqual(await findBarriers(page), [])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Record a voice message' }).waitFor()
  })
})
