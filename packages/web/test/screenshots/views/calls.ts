import type { Page } from 'playwright-core'
import type { Visitor } from '../../visitors.ts'
import { seesPictures } from '../../visits/calling.ts'
import type { Town } from '../town.ts'
import { goTo } from './chat.ts'
import type { View } from './view.ts'

type Place = { page: Page; town: Town }

export const press = ({ page }: Pick<Visitor, 'page'>, name: string | RegExp) =>
  page.getByRole('button', { name }).first().click()

/** Has two others come into a call of the group. */
async function beginCall({ page, town }: Place): Promise<readonly Visitor[]> {
  const others = await town.callers()
  await goTo(page, `/conversations/${town.group}`)
  await press({ page }, 'Video call')
  for (const other of others) await press(other, 'Answer with camera')
  await seesPictures({ page }, 1 + others.length)
  return others
}

/** Ends the call, and has everybody's page be as if there had been none. */
export async function endCall({ page, town }: Place): Promise<void> {
  const { rest } = town.looker.client
  const { calls } = await rest.calls.list({ limit: 1 })
  for (const { call_id } of calls) await rest.calls.end({ call_id })
  for (const one of [page, ...(await town.callers()).map((other) => other.page)]) await one.reload()
}

/** What somebody shows who shares his screen: a plan, as far as a canvas can draw one. */
const sharePlan = `
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width: 1280, height: 720 })
  const pen = canvas.getContext('2d')
  const lines = ['12 December', '16:00  Lights and chairs', '17:30  Sound check', '19:00  Doors open', '19:30  First half']
  setInterval(() => {
    pen.fillStyle = '#f7f4ec'
    pen.fillRect(0, 0, 1280, 720)
    pen.fillStyle = '#22352f'
    for (const [at, line] of lines.entries()) {
      pen.font = at === 0 ? 'bold 64px sans-serif' : '44px sans-serif'
      pen.fillText(line, 90, 150 + at * 110)
    }
  }, 100)
  navigator.mediaDevices.getDisplayMedia = async () => canvas.captureStream(10)`

export const callViews: readonly View[] = [
  { name: 'call-grid', show: beginCall, leave: endCall },
  {
    name: 'call-screen',
    async show(at) {
      const [sharer] = await beginCall(at)
      await sharer?.page.evaluate(sharePlan)
      if (sharer) await press(sharer, 'Share screen')
      await seesPictures(at, 4)
    },
    leave: endCall,
  },
  {
    name: 'call-lobby',
    async show({ page, town }) {
      const [first, second] = await town.callers()
      if (!first || !second) throw new Error('nobody calls')
      await goTo(page, `/conversations/${town.group}`)
      await press({ page }, 'Video call')
      await press(first, 'Answer with camera')
      await press(second, 'Decline')
      await seesPictures({ page }, 2)
      await press({ page }, /^People/)
      await page.getByLabel('Let people in one by one').click()
      await press(first, 'Raise hand')
      await goTo(second.page, `/conversations/${town.group}`)
      await press(second, 'Join call')
      await page.getByText('would like to come in').waitFor()
    },
    leave: endCall,
  },
  {
    name: 'calls',
    async show({ page }) {
      await goTo(page, '/calls')
      await page
        .getByRole('link', { name: /Winter concert/ })
        .first()
        .click()
      await page.getByText('Who was there').waitFor()
    },
  },
]
