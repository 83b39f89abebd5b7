/** How fast each class of request may come, per user where one is known and else per network. */
export const rateClasses = {
  register: { perMinute: 5, burst: 5 },
  login: { perMinute: 30, burst: 30 },
  refresh: { perMinute: 30, burst: 30 },
  'password-reset': { perMinute: 3, burst: 3 },
  'account-change': { perMinute: 5, burst: 5 },
  search: { perMinute: 50, burst: 50 },
  messages: { perMinute: 120, burst: 60 },
  conversations: { perMinute: 60, burst: 60 },
  'calls.initiate': { perMinute: 10, burst: 10 },
  'calls.join': { perMinute: 20, burst: 20 },
  uploads: { perMinute: 20, burst: 20 },
  downloads: { perMinute: 60, burst: 60 },
  keys: { perMinute: 20, burst: 20 },
  admin: { perMinute: 30, burst: 30 },
  default: { perMinute: 300, burst: 100 },
  /** All unauthenticated traffic of one network together. */
  network: { perMinute: 600, burst: 600 },
} as const

export type RateClass = keyof typeof rateClasses
export type Rate = { perMinute: number; burst: number }
