import type { ComponentChildren } from 'preact'
import { CallPlace } from '../calls/call-places.tsx'
import { ConnectionBanner } from '../chat/connection-banner.tsx'

type Props = {
  /** What one chooses from. */
  side: ComponentChildren
  /** What was chosen. */
  children: ComponentChildren
  /** Whether something was chosen: on a phone, where there is room for one of the two, that is shown. */
  hasChosen?: boolean
}

/** The frame of all pages for members: what one chooses from on one side, what was chosen on the other. */
export function Shell({ side, children, hasChosen = false }: Props) {
  return (
    <div class={`workspace ${hasChosen ? 'has-chosen' : ''}`}>
      <ConnectionBanner />
      <aside class="side">{side}</aside>
      <main class="chosen">{children}</main>
      <CallPlace />
    </div>
  )
}
