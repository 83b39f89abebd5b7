// `npm run screenshots`: shows every main view of the client as people see it, and keeps the pictures in docs/screenshots.
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { mediaWorker } from '@secureconnect/test/stack'
import type { CDPSession } from 'playwright-core'
import { looks } from '../looks.ts'
import { openHouse } from '../visitors.ts'
import { openTown } from './town.ts'
import { type View, views } from './views/index.ts'

const usage = `npm run screenshots -- [PART OF A NAME]…; views: ${views.map(({ name }) => name).join(', ')}`
const folder = resolve(import.meta.dirname, '../../../../docs/screenshots')
const quality = 82

function tell(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** The views that somebody wants to see. */
function choose(parts: readonly string[]): readonly View[] {
  const chosen = views.filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)))
  if (chosen.length > 0) return chosen
  tell(`No view is called so. ${usage}`)
  return process.exit(2)
}

async function keepPicture(debuggerOfPage: CDPSession, name: string): Promise<void> {
  // Half as large as a PNG, which is all that the browser's driver itself knows besides JPEG.
  const { data } = await debuggerOfPage.send('Page.captureScreenshot', { format: 'webp', quality })
  writeFileSync(join(folder, `${name}.webp`), Buffer.from(data, 'base64'))
}

async function take(chosen: readonly View[]): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const until = { after: (work: () => unknown) => stack.defer(async () => void (await work())) }
  const house = await openHouse(until, { MEDIASOUP_WORKER_BIN: await mediaWorker(), RATELIMIT_KEYS: '600' })
  tell('People move in and talk …')
  const town = await openTown(house)
  for (const look of looks) {
    const visitor = await town.enter(look)
    for (const view of chosen) {
      tell(`${view.name}, ${look.name} …`)
      const page = view.isForStrangers ? (await house.open('/', look.options)).page : visitor.page
      await view.show({ page, town })
      // Pictures come in and things move for a moment.
      await page.evaluate(
        'document.fonts.ready.then(() => Promise.allSettled(document.getAnimations().map((one) => one.finished)))',
      )
      await keepPicture(await page.context().newCDPSession(page), `${view.name}-${look.name}`)
      await view.leave?.({ page, town })
      if (view.isForStrangers) await page.context().close()
    }
    await visitor.page.context().close()
  }
}

const parts = process.argv.slice(2)
if (parts.some((part) => part.startsWith('-'))) {
  tell(usage)
  process.exit(2)
}
const chosen = choose(parts)
mkdirSync(folder, { recursive: true })
if (chosen.length === views.length) for (const name of readdirSync(folder)) rmSync(join(folder, name))
tell(`Starting the system for ${chosen.length} views in ${looks.length} looks; this takes a few minutes.`)
await take(chosen)
const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
tell(`The pictures are in docs/screenshots: ${Math.round(bytes / 1024)} KiB.`)
