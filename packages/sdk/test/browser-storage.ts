// Run by storage.test.ts with Node's own localStorage, which a flag switches on.
import { createBrowserStorage } from '../src/index.ts'
import { assertKeeps } from './assert-keeps.ts'

globalThis.localStorage.setItem('of-the-page', 'not ours')
await assertKeeps(createBrowserStorage())
