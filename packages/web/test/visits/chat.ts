import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { onlyAtFullSize } from '@secureconnect/test/helpers'
import { findBarriers } from '../barriers.ts'
import { beginWith, fillSignIn, fillSignUp, type House, idOf, messageOf, write } from '../visitors.ts'

/** All that comes before somebody can do anything; what begins calls and settings comes when it is asked for. */
const mostBytesAtFirst = 250_000

export async function signUpAndWrite(t: TestContext, house: House): Promise<void> {
  const bob = await house.visit('Bob', { viewport: { width: 390, height: 760 }, colorScheme: 'dark' })
  const goBack = () => bob.page.getByRole('link', { name: 'Back' }).click()

  await t.test('the first page is small', async () => {
    const { page } = await house.open('/')
    await page.getByRole('link', { name: 'Create one' }).waitFor()
    // As they came over the line: compressed.
    const sizes = `['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type))
      .map(({ name, encodedBodySize }) => [name, encodedBodySize])`
    const loaded = (await page.evaluate(sizes)) as [name: string, bytes: number][]
    const bytes = loaded.reduce((sum, [, size]) => sum + size, 0)
    assert.ok(bytes > 10_000 && bytes <= mostBytesAtFirst, `${bytes} bytes: ${JSON.stringify(loaded)}`)
  })

  await t.test('a browser offers to install it, with its icons', async () => {
    const { page } = await house.open('/')
    const tools = await page.context().newCDPSession(page)
    const { data, errors } = await tools.send('Page.getAppManifest')
    assert.deepEqual(errors, [])
    const { icons } = JSON.parse(data ?? '')
    // An iPhone takes its icon from the page.
    const forPhone = await page.locator('link[rel=apple-touch-icon]').getAttribute('href')
    for (const path of [...icons.map(({ src }: { src: string }) => src), forPhone]) {
      const answer = await page.request.get(new URL(path, page.url()).href)
      assert.deepEqual([answer.status(), answer.headers()['content-type']], [200, 'image/png'], path)
    }
    const { installabilityErrors } = await tools.send('Page.getInstallabilityErrors')
    const hindrances = installabilityErrors.map(({ errorId }) => errorId)
    assert.deepEqual(hindrances, ['in-incognito'], 'as each page of a test is')
  })

  await t.test('from the first page to the first message in eight acts', async () => {
    const { page } = await house.open('/')
    const acts = [
      () => page.getByRole('link', { name: 'Create one' }).click(),
      () => fillSignUp(page, { name: 'Cy', username: `cy-${Date.now()}` }),
      () => page.getByRole('button', { name: 'Create account' }).click(),
      () => page.getByRole('button', { name: 'New conversation' }).first().click(),
      () => page.getByRole('dialog').locator('input:focus').fill(bob.username),
      () => page.getByRole('button', { name: `@${bob.username}` }).click(),
      () => page.getByRole('button', { name: 'Begin conversation' }).click(),
      () => write({ page }, 'Good morning'),
    ]
    for (const act of acts) await act()
    await bob.page.getByRole('link', { name: /Cy.*Good morning.*1 unread message/ }).click()
    await messageOf(bob, 'Good morning').waitFor()
    await goBack()
    await bob.page.getByRole('link', { name: /Cy/ }).waitFor()
    await bob.page.getByText('1 unread message').waitFor({ state: 'detached' })
  })

  await t.test(
    'what everybody sees first has no serious fault for those who hear it or use keys, light and dark',
    onlyAtFullSize('each look takes a second'),
    async () => {
      const { page } = await house.open('/sign-up', { colorScheme: 'dark' })
      assert.deepEqual(await findBarriers(page), [])
      const hal = await house.visit('Hal')
      assert.deepEqual(await findBarriers(hal.page), [])
      await beginWith(hal, [bob, { username: (await house.visit('Ira')).username }])
      await write(hal, 'good evening')
      await messageOf(hal, 'good evening').waitFor()
      for (const colorScheme of ['light', 'dark'] as const) {
        await hal.page.emulateMedia({ colorScheme })
        assert.deepEqual(await findBarriers(hal.page), [], colorScheme)
      }
      await hal.page.getByRole('button', { name: 'New conversation' }).first().click()
      assert.deepEqual(await findBarriers(hal.page), [])
    },
  )

  await t.test('script in names and messages stays text, and links lead out alone', async () => {
    const eve = await house.visit('<img src=x onerror=alert(1)>')
    await beginWith(eve, [bob])
    const said = 'See <script>alert(1)</script> javascript:alert(1) https://example.org/a?b=1.'
    await write(eve, said)
    await bob.page.getByRole('link', { name: /<img src=x onerror=alert\(1\)>/ }).click()
    await messageOf(bob, said).waitFor()
    const links = bob.page.locator('.written a')
    assert.deepEqual(await links.allTextContents(), ['https://example.org/a?b=1'])
    assert.equal(await links.first().getAttribute('rel'), 'noopener noreferrer nofollow')
    assert.deepEqual([eve.faults, bob.faults], [[], []])
    await goBack()
  })

  await t.test('what is written without a line waits, outlives a reload, and goes out once', async () => {
    const ada = await house.visit('Ada')
    await beginWith(ada, [bob])
    await write(ada, 'before')
    await bob.page.getByRole('link', { name: /Ada/ }).click()
    await messageOf(ada, 'before').waitFor()
    house.line.refuse()
    await write(ada, 'while away')
    await ada.page.getByText('Will be sent once there is a connection.').waitFor()
    await ada.page.getByRole('status').getByText('No connection.').waitFor()
    await ada.page.getByLabel(/^Write to/).fill('a draft')
    const asBob = await house.signIn(bob)
    await asBob.rest.messages.send({ conversation_id: idOf(ada), content: 'meanwhile', message_type: 'text' })
    asBob.close()
    await house.line.heal()
    await ada.page.reload()
    for (const who of [ada, bob]) {
      // Whoever did not load his page anew comes back within half a minute.
      await messageOf(who, 'while away').waitFor({ timeout: 60_000 })
      await messageOf(who, 'meanwhile').waitFor()
      const shown = await who.page.locator('.messages .written').allTextContents()
      assert.deepEqual(shown, ['before', 'meanwhile', 'while away'])
    }
    assert.equal(await ada.page.getByLabel(/^Write to/).inputValue(), 'a draft')
    await goBack()
  })

  await t.test(
    'what is refused says why and is kept until its author decides',
    onlyAtFullSize('somebody waits in it'),
    async () => {
      const dan = await house.visit('Dan')
      await beginWith(dan, [bob])
      await dan.page.getByText('This is where it begins.').waitFor()
      const asBob = await house.signIn(bob)
      const { users } = await asBob.rest.people.search({ q: dan.username })
      await asBob.rest.people.block({ user_id: users[0]?.user_id ?? '' })
      await write(dan, 'are you there?')
      const refused = dan.page.locator('.refused', { hasText: 'You cannot write to this person.' })
      await refused.waitFor()
      await dan.page.reload()
      await refused.waitFor()
      await asBob.rest.people.unblock({ user_id: users[0]?.user_id ?? '' })
      await dan.page.getByRole('button', { name: 'Send again' }).click()
      await messageOf(dan, 'are you there?').waitFor()
      assert.equal(await dan.page.locator('.outgoing').count(), 0)
      asBob.close()
    },
  )

  await t.test(
    'a session that is ended elsewhere leads to the sign-in, and back to where one was',
    onlyAtFullSize('somebody waits in it'),
    async () => {
      const gus = await house.visit('Gus')
      await beginWith(gus, [bob])
      await gus.page.getByLabel(/^Write to/).fill('half a thou')
      const { pathname } = new URL(gus.page.url())
      const elsewhere = await house.signIn(gus)
      await elsewhere.rest.sessions.logoutAll()
      elsewhere.close()
      await gus.page.getByText('You have been signed out.').waitFor()
      await fillSignIn(gus.page, gus.username, 'not his password')
      await gus.page.getByText('User name and password do not go together.').waitFor()
      await fillSignIn(gus.page, gus.username)
      await gus.page.getByRole('log').waitFor()
      assert.equal(new URL(gus.page.url()).pathname, pathname)
      assert.equal(await gus.page.getByLabel(/^Write to/).inputValue(), 'half a thou')
    },
  )
}
