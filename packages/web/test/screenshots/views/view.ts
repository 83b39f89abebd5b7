import type { BrowserContextOptions, Page } from 'playwright-core'
import type { Town } from '../town.ts'

/** Something of the client that is worth a picture. */
export type View = {
  /** Also of its files. */
  name: string
  /** Whether nobody is signed in. */
  isForStrangers?: boolean
  /** Goes there, from wherever the page is; done once all of it is to be seen. */
  show: (at: { page: Page; town: Town }) => Promise<unknown>
}

/** By what and in which colours people look at it. */
export type Look = { name: string; options: BrowserContextOptions }

const screens = { desktop: { width: 1_200, height: 760 }, phone: { width: 390, height: 760 } } as const

export const looks: readonly Look[] = (['desktop', 'phone'] as const).flatMap((screen) =>
  (['light', 'dark'] as const).map((colorScheme) => ({
    name: `${screen}-${colorScheme}`,
    options: { viewport: screens[screen], colorScheme },
  })),
)
