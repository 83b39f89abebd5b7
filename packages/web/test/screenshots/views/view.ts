import type { Page } from 'playwright-core'
import type { Town } from '../town.ts'

/** Something of the client that is worth a picture. */
export type View = {
  /** Also of its files. */
  name: string
  /** Whether nobody is signed in. */
  isForStrangers?: boolean
  /** Goes there, from wherever the page is; done once all of it is to be seen. */
  show: (at: { page: Page; town: Town }) => Promise<unknown>
  /** Puts away what would stand in the way of the next. */
  leave?: (at: { page: Page; town: Town }) => Promise<unknown>
}
