import type { BrowserContextOptions } from 'playwright-core'

/** By what and in which colours people look at it. */
export type Look = { name: string; options: BrowserContextOptions }

const screens = { desktop: { width: 1_200, height: 760 }, phone: { width: 390, height: 760 } } as const

export const looks: readonly Look[] = (['desktop', 'phone'] as const).flatMap((screen) =>
  (['light', 'dark'] as const).map((colorScheme) => ({
    name: `${screen}-${colorScheme}`,
    options: { viewport: screens[screen], colorScheme },
  })),
)
