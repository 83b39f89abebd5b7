import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { onlyAtFullSize } from '@secureconnect/test/helpers'
import { findBarriers } from '../barriers.ts'
import { drawPng } from '../draw-png.ts'
import { beginWith, type House, messageOf, type Visitor, write } from '../visitors.ts'

type Given = { name: string; mimeType: string; buffer: Buffer }

const picture: Given = { name: 'harbour.png', mimeType: 'image/png', buffer: drawPng(640, 360) }
const notes: Given = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('the tide turns at six') }

/** Chooses files as one does behind the button. */
async function attach({ page }: Pick<Visitor, 'page'>, files: readonly Given[]): Promise<void> {
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Attach files' }).click()
  await (await choosing).setFiles([...files])
}

const fullSize = onlyAtFullSize('what goes wrong takes long')

export async function sendFiles(t: TestContext, house: House): Promise<void> {
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

  await t.test('without a microphone one is told why', fullSize, async () => {
    const { page } = ada
    const refusal = "async () => { throw new DOMException('not this time', 'NotAllowedError') }"
    await page.evaluate(`navigator.mediaDevices.getUserMedia = ${refusal}`)
    await page.getByRole('button', { name: 'Record a voice message' }).click()
    await page.getByText('The browser may not use the microphone.').waitFor()
    assert.deepEqual(await findBarriers(page), [])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Record a voice message' }).waitFor()
  })
  await t.test('what cannot be sent is told in a sentence, and what was written stays', fullSize, async () => {
    const { page } = ada
    const field = page.getByLabel(/^Write to/)
    await field.fill('three of them')
    const [large, tooLarge] = [2_900_000, 3_100_000].map((size) => Buffer.alloc(size, 'tide'))
    await attach(ada, [
      { name: 'too-large.bin', mimeType: '', buffer: tooLarge ?? Buffer.alloc(0) },
      { name: 'no-picture.png', mimeType: 'image/png', buffer: Buffer.from('<script>alert(1)</script>') },
      { name: 'photo\u202Egpj.<b>exe', mimeType: 'text/plain', buffer: Buffer.from('hello') },
      { name: 'one.bin', mimeType: '', buffer: large ?? Buffer.alloc(0) },
      { name: 'two.bin', mimeType: '', buffer: large ?? Buffer.alloc(0) },
      { name: 'three.bin', mimeType: '', buffer: large ?? Buffer.alloc(0) },
    ])
    await page.getByText('This file is larger than this server takes.').waitFor()
    await page.getByText('There is no more room for your files.').waitFor()
    await page.getByText('is not what its name says').waitFor()
    await page.getByText('photo_gpj.<b>exe').waitFor()
    assert.deepEqual(await findBarriers(page), [])
    await page.getByRole('button', { name: 'Upload no-picture.png again' }).click()
    for (const name of ['too-large.bin', 'one.bin', 'two.bin', 'three.bin']) {
      await page.getByRole('button', { name: `Take ${name} out` }).click()
    }
    await page.getByText('is not what its name says').waitFor({ state: 'detached' })
    assert.equal(await field.inputValue(), 'three of them')
    await field.press('Enter')
    await messageOf(bob, 'three of them').getByText('photo_gpj.<b>exe').waitFor()
    await messageOf(bob, 'three of them').getByText('no-picture.png').waitFor()
    assert.deepEqual(bob.faults, [])
  })

  await t.test('what is uploaded is there after a reload, and goes on by itself after a break', fullSize, async () => {
    const { page } = ada
    await attach(ada, [notes])
    await page.getByLabel(/^Write to/).fill('with notes')
    await page.getByRole('list', { name: 'Attached files' }).getByText('21 bytes').waitFor()
    await page.reload()
    await page.getByRole('list', { name: 'Attached files' }).getByText('notes.txt').waitFor()
    await page.context().setOffline(true)
    await attach(ada, [{ ...notes, name: 'more.txt' }])
    await page.getByLabel(/^Write to/).press('Enter')
    await page.getByText('The message is sent once its files are uploaded.').waitFor()
    await page.getByText('Standing still').waitFor()
    await page.context().setOffline(false)
    const said = messageOf(bob, 'with notes')
    await said.getByText('notes.txt').waitFor({ timeout: 60_000 })
    await said.getByText('more.txt').waitFor()
  })

  await t.test(
    'what was recorded, chosen and changed is there after a reload, and nobody has to begin anew',
    fullSize,
    async () => {
      const { page } = ada
      await page.route('**/v1/storage/upload-url', (route) => route.abort())
      await attach(ada, [{ ...notes, name: 'half-way.txt' }])
      await page.getByText('Standing still').waitFor()
      await page.unroute('**/v1/storage/upload-url')
      await page.reload()
      await page.getByRole('list', { name: 'Attached files' }).getByText('21 bytes').waitFor()
      await page.getByRole('button', { name: 'Take half-way.txt out' }).click()

      await page.getByRole('button', { name: 'Record a voice message' }).click()
      await page.getByText('0:03').waitFor()
      await page.reload()
      const panel = page.getByRole('group', { name: 'Voice message' })
      await panel.getByRole('button', { name: 'Play Voice message' }).waitFor()
      await page.getByRole('button', { name: 'Discard the recording' }).click()
      await panel.waitFor({ state: 'detached' })

      await write(ada, 'the tide comes')
      await messageOf(ada, 'the tide comes').waitFor()
      await page.getByLabel(/^Write to/).press('ArrowUp')
      await page.getByLabel('Text of the message').fill('the tide comes at six')
      await page.reload()
      await page.getByLabel('Text of the message').press('Enter')
      await messageOf(bob, 'the tide comes at six').waitFor()
      await page.reload()
      await messageOf(ada, 'the tide comes at six').waitFor()
      assert.equal(await panel.count(), 0)
    },
  )

  await t.test('files are dropped on the conversation and pasted into the message', fullSize, async () => {
    const { page } = ada
    for (const type of ['drop', 'paste']) {
      await page.evaluate(`(() => {
        const data = new DataTransfer()
        data.items.add(new File(['by ${type}'], '${type}.txt', { type: 'text/plain' }))
        const event = '${type}' === 'drop'
          ? new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
          : new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
        document.querySelector('.composer textarea').dispatchEvent(event)
      })()`)
      await page.getByRole('list', { name: 'Attached files' }).getByText(`${type}.txt`).waitFor()
    }
    await write(ada, 'by hand')
    await messageOf(bob, 'by hand').getByText('paste.txt').waitFor()
  })

  await t.test('one sees what one keeps, and what one deletes is gone for everybody', fullSize, async () => {
    const { page } = ada
    await page.goto(new URL('/settings/files', page.url()).href)
    await page.getByText(/in use, by \d+ files/).waitFor()
    assert.deepEqual(await findBarriers(page), [])
    await page.getByRole('button', { name: 'Delete harbour.png' }).click()
    await page.getByRole('button', { name: 'Delete for everybody' }).click()
    await page.getByRole('button', { name: 'Delete harbour.png' }).waitFor({ state: 'detached' })
    await bob.page.reload()
    await messageOf(bob, 'see the harbour').getByText('This file was deleted').waitFor()
  })
}
