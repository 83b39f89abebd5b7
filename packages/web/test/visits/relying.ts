import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { until } from '@secureconnect/test/helpers'
import { findBarriers } from '../barriers.ts'
import { beginWith, type House, idOf, messageOf, type Visitor, write } from '../visitors.ts'

type At = Pick<Visitor, 'page'>

const button = ({ page }: At, name: string | RegExp) => page.getByRole('button', { name })

async function openSection({ page }: At): Promise<void> {
  await page.goto(new URL('/settings/encryption', page.url()).href)
  await page.getByRole('heading', { name: 'Encryption', level: 1 }).waitFor()
}

/** Restores by a passphrase, as one types it. */
async function restoreBy({ page }: At, passphrase: string): Promise<void> {
  await page.getByLabel('Passphrase').fill(passphrase)
  await button({ page }, 'Restore').click()
}

/** The digits that somebody is shown to compare with another one. */
async function readNumber(at: At, name: string): Promise<string> {
  await button(at, `Compare safety number with ${name}`).click()
  const digits = at.page.getByRole('dialog').locator('.safety-number li')
  await digits.last().waitFor()
  return (await digits.allTextContents()).join(' ')
}

export async function relyOnDevices(t: TestContext, house: House): Promise<void> {
  const ada = await house.visit('Ada')
  const bob = await house.visit('Bob', { viewport: { width: 390, height: 760 }, colorScheme: 'dark' })
  await beginWith(ada, [bob], { isEncrypted: true })
  await write(ada, 'the old days')
  await bob.page.getByRole('link', { name: /the old days/ }).click()
  await messageOf(bob, 'the old days').waitFor()
  const conversation = `/conversations/${idOf(ada)}`
  const show = (at: At) => at.page.goto(new URL(conversation, at.page.url()).href)
  const showDetails = async (at: At) => {
    await show(at)
    await button(at, 'Details').click()
  }
  let passphrase = ''
  let laptop: Visitor

  await t.test('two see the same safety number, and one notes that it is', async () => {
    for (const who of [ada, bob]) await showDetails(who)
    const number = await readNumber(ada, 'Bob')
    assert.match(number, /^(\d{5} ){11}\d{5}$/)
    assert.equal(await readNumber(bob, 'Ada'), number)
    for (const who of [ada, bob]) assert.deepEqual(await findBarriers(who.page), [])
    await button(bob, 'They are the same').click()
    await bob.page.getByText('You have compared the safety number with Ada.').waitFor()
  })

  await t.test('a key backup is made, under a passphrase that cannot be guessed', async () => {
    await openSection(ada)
    await ada.page.getByLabel('Passphrase').fill('boats')
    await button(ada, 'Make a key backup').click()
    await ada.page.getByText('This can be guessed.').waitFor()
    await button(ada, 'Make one that nobody can guess').click()
    passphrase = await ada.page.getByLabel('Passphrase').inputValue()
    await button(ada, 'Make a key backup').click()
    await ada.page.getByText('which this device keeps up to date').waitFor()
    assert.deepEqual(await findBarriers(ada.page), [])
  })

  await t.test(
    'a new device reads by it what was read before; a wrong passphrase is said to be, and how many may follow',
    async () => {
      laptop = await house.enter(ada)
      await show(laptop)
      await laptop.page.locator('.absence', { hasText: 'Sent before this device came in' }).waitFor()
      await openSection(laptop)
      await restoreBy(laptop, 'seven quiet harbours')
      await laptop.page.getByText('This is not the passphrase. 9 tries left today').waitFor()
      await restoreBy(laptop, passphrase)
      await laptop.page.getByText('which this device keeps up to date').waitFor()
      assert.deepEqual(await findBarriers(laptop.page), [])
      await show(laptop)
      await messageOf(laptop, 'the old days').waitFor()
    },
  )

  await t.test('who was compared has another device: that is said loudly, until it was compared anew', async () => {
    await showDetails(bob)
    await bob.page.getByText('They are no longer what you compared with Ada.').first().waitFor()
    await bob.page.getByText('changed since you compared').waitFor()
    await showDetails(laptop)
    const number = await readNumber(laptop, 'Bob')
    assert.equal(await readNumber(bob, 'Ada'), number)
    await bob.page.getByText('Ada has other devices than when you compared').waitFor()
    await button(bob, 'They are the same').click()
    await bob.page.getByText('You have compared the safety number with Ada.').waitFor()
    assert.equal(await bob.page.getByText('Ada has other devices').count(), 0)
  })

  await t.test('a device that is removed is gone, and the backup that another one deleted is said to be', async () => {
    await openSection(laptop)
    await openSection(ada)
    await until('two devices', async () => (await laptop.page.locator('.panel .rows .row').count()) === 2)
    await button(laptop, 'Delete the key backup').click()
    await button(laptop, 'Delete the key backup').click()
    await button(laptop, 'Make a key backup').waitFor()
    await button(ada, 'Back up now').click()
    await button(ada, 'Make a key backup').waitFor()
    await button(laptop, /^Remove/).click()
    await laptop.page.getByText('It can read nothing that is said from then on').waitFor()
    await button(laptop, /^Remove/).click()
    await until('one device', async () => (await laptop.page.locator('.panel .rows .row').count()) === 1)
  })
}
