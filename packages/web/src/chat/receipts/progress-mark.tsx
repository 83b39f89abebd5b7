import { icons } from '../../controls/icons.tsx'
import { words } from '../../words/index.ts'
import type { Progress } from './receipts.ts'

/** How far a message of one's own has come. */
export function ProgressMark({ progress }: { progress: Progress }) {
  const text = words.receipts[progress]
  return (
    <span class={`progress ${progress}`} title={text}>
      {progress === 'sent' ? icons.check : icons.checks}
      <span class="for-readers">{text}</span>
    </span>
  )
}
