export type FindingState = 'ok' | 'warning' | 'failed' | 'skipped'

/** What one look at one thing showed. */
export type Finding = {
  what: string
  state: FindingState
  detail: string
  /** One line that helps, for what is not as it should be. */
  fix?: string
}

export const ok = (what: string, detail: string): Finding => ({ what, state: 'ok', detail })
export const skipped = (what: string, detail: string): Finding => ({ what, state: 'skipped', detail })
export const warning = (what: string, detail: string, fix: string): Finding => ({ what, state: 'warning', detail, fix })
export const failed = (what: string, detail: string, fix: string): Finding => ({ what, state: 'failed', detail, fix })
