import { Button } from '../controls/button.tsx'
import { words } from '../words/index.ts'

/** Stands where something of the client itself failed. Drafts and what is on its way outlive a page that is loaded anew. */
export function Failure({ text }: { text: string }) {
  return (
    <div class="waiting">
      <p role="alert">{text}</p>
      <Button kind="primary" onClick={() => location.reload()}>
        {words.failure.reload}
      </Button>
    </div>
  )
}
