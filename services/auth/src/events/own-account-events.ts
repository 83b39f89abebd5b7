import type { Observers } from './observers.ts'

type Owner = { userId: string }

/** What people do with their own accounts as a whole. */
export function createOwnAccountEvents({ log, audit }: Observers) {
  const tell = (action: string, userId: string, message: string) => {
    log.info({ user_id: userId, outcome: 'succeeded' }, message)
    audit.record({ resource: 'user', action, result: 'allowed', userId })
  }
  return {
    profileUpdated: ({ userId }: Owner) => tell('update', userId, 'profile updated'),
    erasureRequested: ({ userId }: Owner) => tell('erase', userId, 'account is going to be erased'),
    accountErased: ({ userId }: Owner) => tell('erased', userId, 'account erased'),
    exportRequested: ({ userId }: Owner) => tell('export', userId, 'export asked for'),
    exportDownloaded: ({ userId }: Owner) => tell('download-export', userId, 'export downloaded'),
  }
}
