import { useSignal } from '@preact/signals'
import type { Call, Recording, RecordingDownloads } from '@secureconnect/sdk/calls'
import { useEffect } from 'preact/hooks'
import { client } from '../../app/client.ts'
import { Button } from '../../controls/button.tsx'
import { Loaded, useAnswer } from '../../controls/loaded.tsx'
import { nameOf } from '../../people/people.ts'
import { words } from '../../words/index.ts'
import { sizeOf } from '../../words/sizes.ts'
import { durationOf, timeOf } from '../../words/times.ts'
import { explainCall } from '../explain-call.ts'

const { recording: text } = words.calls
const lookEveryMs = 3_000

/** Whether it will be another soon, without anybody's doing. */
function isUnderWay({ status, composite }: Recording): boolean {
  const isComposing = composite?.status === 'waiting' || composite?.status === 'working'
  return isComposing || !['ready', 'failed'].includes(status)
}

function describe({ asked_at, started_by, duration_ms, bytes, status }: Recording): string {
  const facts = [text.begun(timeOf(asked_at), nameOf(started_by))]
  if (duration_ms !== null) facts.push(durationOf(Math.round(duration_ms / 1_000)))
  if (bytes > 0) facts.push(sizeOf(bytes))
  if (status !== 'ready') facts.push(text.states[status])
  return facts.join(' · ')
}

function Link({ href, children }: { href: string; children: string }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer" download>
      {children}
    </a>
  )
}

/** Links that are good for some minutes, asked for when somebody wants them. */
function Files({ downloads }: { downloads: RecordingDownloads }) {
  const { files, tracks, lacks, composite_url, manifest_url } = downloads
  const ownerOf = (segmentId: string) =>
    tracks.find(({ segments }) => segments.some(({ segment_id }) => segment_id === segmentId))
  return (
    <ul class="recording-files">
      {composite_url && (
        <li>
          <Link href={composite_url}>{text.composite}</Link>
        </li>
      )}
      {files.map(({ segment_id, file_name, download_url }) => {
        const track = ownerOf(segment_id)
        return (
          <li key={segment_id}>
            <Link href={download_url}>
              {track ? text.track(nameOf(track.user_id), text.sources[track.source]) : file_name}
            </Link>
          </li>
        )
      })}
      {manifest_url && (
        <li>
          <Link href={manifest_url}>{text.manifest}</Link>
        </li>
      )}
      {lacks.length > 0 && <li class="hint">{text.lacks(lacks.length)}</li>}
    </ul>
  )
}

type RowProps = { recording: Recording; onChange: () => void }

function RecordingRow({ recording, onChange }: RowProps) {
  const { call_id, recording_id, status, composite } = recording
  const downloads = useSignal<RecordingDownloads | undefined>(undefined)
  const refusal = useSignal<string | undefined>(undefined)
  const isSure = useSignal(false)
  const place = { call_id, recording_id }

  async function attempt(work: () => Promise<unknown>): Promise<void> {
    refusal.value = undefined
    try {
      await work()
    } catch (error) {
      refusal.value = explainCall(error)
    }
  }
  const change = (work: () => Promise<unknown>) => () => void attempt(async () => work().then(onChange))
  const showFiles = () =>
    void attempt(async () => {
      downloads.value = await client.rest.callRecordings.get(place)
    })
  const canCompose = status === 'ready' && (!composite || composite.status === 'failed')
  return (
    <li class="recording-row">
      <p>{describe(recording)}</p>
      {composite && composite.status !== 'done' && <p class="hint">{text.composing[composite.status]}</p>}
      {refusal.value && (
        <p class="error" role="alert">
          {refusal.value}
        </p>
      )}
      {downloads.value && <Files downloads={downloads.value} />}
      <div class="choices">
        {status === 'ready' && <Button onClick={showFiles}>{text.files}</Button>}
        {canCompose && (
          <Button onClick={change(() => client.rest.callRecordings.compose(place))}>{text.compose}</Button>
        )}
        {!isUnderWay(recording) && !isSure.value && (
          <Button kind="danger" onClick={() => (isSure.value = true)}>
            {text.delete}
          </Button>
        )}
        {isSure.value && (
          <>
            <Button kind="danger" onClick={change(() => client.rest.callRecordings.delete(place))}>
              {text.reallyDelete}
            </Button>
            <Button onClick={() => (isSure.value = false)}>{words.cancel}</Button>
          </>
        )}
      </div>
    </li>
  )
}

/** What was recorded of a call, followed until all of it is stored. */
export function Recordings({ call: { call_id } }: { call: Call }) {
  const known = useAnswer((signal) => client.rest.callRecordings.list({ call_id }, { signal }))
  const isChanging = known.answer.is === 'there' && known.answer.value.recordings.some(isUnderWay)
  useEffect(() => {
    if (!isChanging) return
    const timer = setInterval(known.again, lookEveryMs)
    return () => clearInterval(timer)
  }, [isChanging])
  return (
    <Loaded of={known}>
      {({ recordings }) =>
        recordings.length > 0 && (
          <section class="panel" aria-labelledby="recordings-title">
            <h2 id="recordings-title">{text.title}</h2>
            <ul>
              {recordings.map((recording) => (
                <RecordingRow key={recording.recording_id} recording={recording} onChange={known.again} />
              ))}
            </ul>
          </section>
        )
      }
    </Loaded>
  )
}
