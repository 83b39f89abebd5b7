import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { ApiError } from '@secureconnect/sdk'
import { onlyAtFullSize } from '@secureconnect/test/helpers'
import { codeOf, scan } from '../authenticator.ts'
import { findBarriers } from '../barriers.ts'
import { drawPng } from '../draw-png.ts'
import type { House, Visitor } from '../visitors.ts'

const fullSize = onlyAtFullSize('takes half a minute')

async function openSection({ page }: Pick<Visitor, 'page'>, name: string): Promise<void> {
  await page.getByRole('link', { name, exact: true }).click()
  await page.getByRole('heading', { name, level: 1 }).waitFor()
}

/** By the menu under one's own name. */
async function openByMenu({ page }: Pick<Visitor, 'page'>, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Status, settings and signing out' }).click()
  await page.getByRole('menuitem', { name }).click()
}

export async function settleOwn(t: TestContext, house: House): Promise<void> {
  const ann = await house.visit('Ann')
  const { page } = ann

  await t.test('a page that cannot be loaded says so, and can be loaded again', async () => {
    house.line.refuse()
    await openByMenu(ann, 'Settings')
    await page.getByText('This page could not be loaded').waitFor()
    await house.line.heal()
    await page.getByRole('button', { name: 'Load again' }).click()
    await page.getByRole('heading', { name: 'Profile' }).waitFor()
    assert.match(await page.title(), /Profile/)
    ann.faults.length = 0
  })

  await t.test('a name and a picture, cut to a square, are seen at once', async () => {
    await page.getByLabel('Your name').fill('Ann Lee')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
    await page.getByLabel('File of your picture').setInputFiles({
      name: 'me.png',
      mimeType: 'image/png',
      buffer: drawPng(300, 200),
    })
    await page.getByLabel('Move the picture').press('ArrowRight')
    await page.getByRole('button', { name: 'Use this picture' }).click()
    await page.locator('img.avatar.huge').waitFor()
    const sides = 'decode().then(() => [image.naturalWidth, image.naturalHeight])'
    const shape = `{ const image = document.querySelector('img.avatar.huge'); image.${sides} }`
    assert.deepEqual(await page.evaluate(shape), [512, 512])
    await page.getByLabel('File of your picture').setInputFiles({
      name: 'notes.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('no picture'),
    })
    await page.getByText('This file is no picture').waitFor()
  })

  await t.test('how it looks is kept on the device', async () => {
    await openSection(ann, 'Appearance')
    await page.getByLabel('Dark').check()
    await page.getByLabel('Very large').check()
    await page.reload()
    await page.getByLabel('Dark').waitFor()
    assert.equal(await page.evaluate('getComputedStyle(document.documentElement).colorScheme'), 'dark')
    assert.equal(await page.evaluate('getComputedStyle(document.documentElement).fontSize'), '21px')
    await page.getByLabel('As the system').check()
    await page.getByLabel('Usual').check()
  })

  await t.test(
    'an authenticator app that scans the code is asked for at the next sign-in, or a recovery code',
    async () => {
      await openSection(ann, 'Password and sign-in')
      await page.getByRole('button', { name: 'Set up' }).click()
      const code = page.getByRole('img', { name: 'The secret as a QR code' })
      const side = Number((await code.getAttribute('viewBox'))?.split(' ')[2])
      const uri = scan((await code.locator('path').getAttribute('d')) ?? '', side)
      await page.getByLabel('The six digits').fill('000000')
      await page.getByRole('button', { name: 'Turn on' }).click()
      await page.getByText('The code is not right').waitFor()
      await page.getByLabel('The six digits').fill(codeOf(uri))
      await page.getByRole('button', { name: 'Turn on' }).click()
      const [recovery = ''] = await page.locator('.recovery-codes code').allTextContents()
      await page.getByRole('button', { name: 'I have kept them' }).click()
      await assert.rejects(house.signIn(ann), (error) => error instanceof ApiError && error.code === 'TOTP_REQUIRED')
      await page.locator('input[name="password"]').fill('seven quiet harbours')
      await page.getByLabel('Code of your authenticator app').fill(recovery)
      await page.getByRole('button', { name: 'Turn off' }).click()
      await page.getByRole('button', { name: 'Set up' }).waitFor()
    },
  )

  await t.test('devices are seen, and all others are signed out', async () => {
    const other = await house.signIn(ann)
    await openSection(ann, 'Devices')
    await page.getByText('Chrome, Linux').waitFor()
    await page.getByRole('button', { name: 'Sign out all others' }).click()
    await page.getByRole('button', { name: 'Sign out all others' }).waitFor({ state: 'detached' })
    await assert.rejects(other.rest.accounts.getMe(), ApiError)
    other.close()
  })

  await t.test('a password is changed by who knows it', fullSize, async () => {
    await openSection(ann, 'Password and sign-in')
    const change = async (before: string, after: string) => {
      await page.getByLabel('Password until now').fill(before)
      await page.getByLabel('New password').fill(after)
      await page.getByRole('button', { name: 'Change password' }).click()
    }
    await change('not it at all', 'nine loud lighthouses')
    await page.getByText('This is not your password.').waitFor()
    await change('seven quiet harbours', 'nine loud lighthouses')
    await page.getByText('Your password is changed').waitFor()
    await change('nine loud lighthouses', 'seven quiet harbours')
  })

  await t.test('whoever was blocked can be let near again, and receipts are kept to oneself', fullSize, async () => {
    const bob = await house.register('Bob')
    const asAnn = await house.signIn(ann)
    await asAnn.rest.people.block({ user_id: bob.client.userId ?? '' })
    await openSection(ann, 'Privacy')
    await page.getByRole('button', { name: 'Unblock Bob' }).click()
    await page.getByText('You block nobody.').waitFor()
    await page.getByRole('switch', { name: 'Show what I have read' }).uncheck()
    await page.reload()
    await page.getByRole('switch', { name: 'Show what I have read', checked: false }).waitFor()
    assert.deepEqual(await asAnn.rest.receipts.getPreferences(), { show_receipts: false })
    asAnn.close()
  })

  await t.test('each section can be used by keys and is heard, light and dark', fullSize, async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      for (const name of ['Profile', 'Appearance', 'Privacy', 'Password and sign-in', 'Devices', 'Account']) {
        await openSection(ann, name)
        assert.deepEqual(await findBarriers(page), [], `${name}, ${colorScheme}`)
      }
    }
  })

  await t.test('one takes what is known of one, and deletes the account', fullSize, async () => {
    await openSection(ann, 'Account')
    await page.getByRole('button', { name: 'Put my data together' }).click()
    const downloading = page.waitForEvent('download', { timeout: 60_000 })
    await page.getByRole('button', { name: 'Download' }).click({ timeout: 60_000 })
    assert.equal((await downloading).suggestedFilename(), 'secureconnect.json')
    await page.getByRole('button', { name: 'Delete my account …' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Password').fill('seven quiet harbours')
    await dialog.getByRole('button', { name: 'Delete my account' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await assert.rejects(house.signIn(ann), ApiError)
  })

  await t.test('administrators keep somebody out, decide what was reported and read what was done', async () => {
    const [cleo, dan] = [await house.visit('Cleo'), await house.register('Dan')]
    const eve = await house.register('Eve')
    await dan.client.rest.reports.reportUser({ user_id: eve.client.userId ?? '', reason: 'sells <b>things</b>' })
    await cleo.page.goto(new URL('/admin', cleo.page.url()).href)
    await cleo.page.getByText('These pages are for administrators.').waitFor()
    await house.makeAdmin(cleo)
    await cleo.page.reload()
    await openSection(cleo, 'Reports')
    const report = cleo.page.locator('.panel', { hasText: '“sells <b>things</b>”' })
    await report.getByRole('button', { name: 'Resolve' }).click()
    await report.waitFor({ state: 'detached' })
    await openSection(cleo, 'People')
    await cleo.page.getByLabel('Name or e-mail address').fill(eve.username)
    await cleo.page.getByRole('button', { name: new RegExp(`@${eve.username}`) }).click()
    await cleo.page.getByRole('button', { name: 'Ban …' }).click()
    await cleo.page.getByLabel('Reason').fill('sells things')
    await cleo.page.getByRole('button', { name: 'Ban', exact: true }).click()
    await cleo.page.getByText('sells things (until').waitFor()
    await assert.rejects(eve.client.rest.accounts.getMe(), ApiError)
    await cleo.page.getByRole('button', { name: 'Let in again' }).click()
    await cleo.page.getByRole('button', { name: 'Let in again' }).waitFor({ state: 'detached' })
    await cleo.page.getByRole('button', { name: 'Close' }).click()
    await openSection(cleo, 'Audit log')
    await cleo.page.getByText('user: unban').first().waitFor()
    for (const name of fullSize.skip ? [] : ['Overview', 'People', 'Audit log', 'Reports', 'Health']) {
      await openSection(cleo, name)
      assert.deepEqual(await findBarriers(cleo.page), [], name)
    }
    assert.deepEqual([ann.faults, cleo.faults], [[], []])
    dan.client.close()
    eve.client.close()
  })
}
