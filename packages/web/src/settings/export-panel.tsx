import { type AccountExport, ApiError } from '@secureconnect/sdk'
import { useEffect } from 'preact/hooks'
import { client } from '../app/client.ts'
import { ActButton } from '../controls/act-button.tsx'
import { Loaded, useAnswer } from '../controls/loaded.tsx'
import { Panel } from '../controls/panel.tsx'
import { save } from '../controls/save.ts'
import { words } from '../words/index.ts'
import { wholeTimeOf } from '../words/times.ts'

const askedEveryMs = 3_000

/** How far the export is that was asked for last; null where none was. */
async function findExport(): Promise<AccountExport | null> {
  try {
    return await client.rest.ownAccount.getExport()
  } catch (error) {
    if (error instanceof ApiError && error.code === 'NOT_FOUND') return null
    throw error
  }
}

async function download(): Promise<void> {
  const data = await client.rest.ownAccount.downloadExport()
  save('secureconnect.json', new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' }))
}

type Props = { found: AccountExport | null; onChange: () => void }

function Progress({ found, onChange }: Props) {
  const { export: text } = words.settings.account
  const isPreparing = found?.state === 'preparing'
  useEffect(() => {
    if (!isPreparing) return
    const timer = setInterval(onChange, askedEveryMs)
    return () => clearInterval(timer)
  }, [isPreparing])

  if (!found) {
    return <ActButton onAct={() => client.rest.ownAccount.requestExport().then(onChange)}>{text.request}</ActButton>
  }
  if (isPreparing) return <p role="status">{text.preparing}</p>
  return (
    <>
      <p role="status">{text.ready(wholeTimeOf(found.expires_at))}</p>
      {!found.is_complete && <p class="notice">{text.incomplete}</p>}
      <ActButton onAct={download}>{text.download}</ActButton>
    </>
  )
}

/** Everything that the service knows of one, as a file. */
export function ExportPanel() {
  const { export: text } = words.settings.account
  const found = useAnswer(findExport)
  return (
    <Panel title={text.title} hint={text.hint}>
      <Loaded of={found}>{(value) => <Progress found={value} onChange={found.again} />}</Loaded>
    </Panel>
  )
}
