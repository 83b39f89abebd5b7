import { adminViews } from './admin.ts'
import { callViews } from './calls.ts'
import { chatViews } from './chat.ts'
import { encryptionViews } from './encryption.ts'
import { entranceViews } from './entrance.ts'
import { settingsViews } from './settings.ts'

export type { View } from './view.ts'

/** Every view, in the order in which somebody new comes to them. */
export const views = [...entranceViews, ...chatViews, ...encryptionViews, ...callViews, ...settingsViews, ...adminViews]
