import type { Kv } from './kv.ts'

/** Tells whoever listens to look now. Each of them looks by itself too, so nobody waits for it and nothing is lost with it. */
export function nudge(kv: Pick<Kv, 'publish'>, channel: string, message: string): void {
  void kv.publish(channel, message).catch(() => undefined)
}
