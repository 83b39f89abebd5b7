import { useSignal } from '@preact/signals'
import type { StoredFile } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { usePages } from '../../app/use-pages.ts'
import { Button, IconButton } from '../../controls/button.tsx'
import { Dialog } from '../../controls/dialog.tsx'
import { icons } from '../../controls/icons.tsx'
import { Loaded, useAnswer } from '../../controls/loaded.tsx'
import { MoreOfPages } from '../../controls/more-of-pages.tsx'
import { explain } from '../../words/explain.ts'
import { words } from '../../words/index.ts'
import { sizeOf } from '../../words/sizes.ts'
import { shortTimeOf } from '../../words/times.ts'
import { DownloadButton } from '../file-row.tsx'
import { noteDeleted } from '../known-files.ts'
import { shownName } from '../shown-name.ts'

type Quota = Awaited<ReturnType<typeof client.rest.files.getQuota>>

function Use({ quota: { used, reserved, total, file_count: count } }: { quota: Quota }) {
  const { own } = words.files
  return (
    <div class="panel">
      <p>{own.use(sizeOf(used), sizeOf(total), count)}</p>
      <meter
        class="use"
        min={0}
        max={Math.max(1, total)}
        high={total * 0.9}
        value={used + reserved}
        aria-label={own.room}
      />
      {used + reserved >= total && <p class="error">{words.errors.byCode.QUOTA_EXCEEDED}</p>}
    </div>
  )
}

function Deletion({ file, onDone, onClose }: { file: StoredFile; onDone: () => void; onClose: () => void }) {
  const failure = useSignal<string | undefined>(undefined)
  const isBusy = useSignal(false)
  const { own } = words.files
  async function remove(): Promise<void> {
    isBusy.value = true
    try {
      await client.rest.files.delete({ file_id: file.file_id })
      noteDeleted(file.file_id)
      onDone()
    } catch (error) {
      failure.value = explain(error)
      isBusy.value = false
    }
  }
  return (
    <Dialog title={own.deleteTitle} onClose={onClose}>
      <p>{own.deleteAsk(shownName(file.file_name))}</p>
      {failure.value !== undefined && (
        <p class="notice error" role="alert">
          {failure.value}
        </p>
      )}
      <p class="choices">
        <Button kind="danger" onClick={remove} isBusy={isBusy.value}>
          {own.delete}
        </Button>
        <Button kind="quiet" onClick={onClose}>
          {words.cancel}
        </Button>
      </p>
    </Dialog>
  )
}

function OwnFile({ file, onDelete }: { file: StoredFile; onDelete: () => void }) {
  const { file_id: fileId, file_name: name, file_size: size, created_at, status } = file
  const when = status === 'scanning' ? words.files.scanning : shortTimeOf(created_at)
  return (
    <li class="file-row">
      {icons.file}
      <p class="file-name">
        <bdi>{shownName(name)}</bdi>
        <span class="hint">{`${sizeOf(size)} · ${when}`}</span>
      </p>
      <DownloadButton fileId={fileId} name={name} />
      <IconButton label={words.files.own.deleteOne(shownName(name))} icon={icons.bin} onClick={onDelete} />
    </li>
  )
}

/** How much room one's own files take, and which these are. */
export function OwnFilesSection() {
  const quota = useAnswer((signal) => client.rest.files.getQuota(undefined, { signal }))
  const pages = usePages(async (cursor, signal) => {
    const { files, next_cursor } = await client.rest.files.list({ ...cursor, limit: 50 }, { signal })
    return { items: files, next_cursor }
  }, [])
  const deleted = useSignal<readonly string[]>([])
  const toDelete = useSignal<StoredFile | undefined>(undefined)
  const files = pages.items.value.filter(({ file_id }) => !deleted.value.includes(file_id))
  const close = () => (toDelete.value = undefined)
  function noteDone(fileId: string): void {
    deleted.value = [...deleted.value, fileId]
    close()
    quota.again()
  }
  return (
    <>
      <Loaded of={quota}>{(known) => <Use quota={known} />}</Loaded>
      {files.length === 0 && pages.state.value.is === 'there' && <p class="hint">{words.files.own.none}</p>}
      <ul class="own-files">
        {files.map((file) => (
          <OwnFile key={file.file_id} file={file} onDelete={() => (toDelete.value = file)} />
        ))}
      </ul>
      <MoreOfPages pages={pages} />
      {toDelete.value && (
        <Deletion file={toDelete.value} onDone={() => noteDone(toDelete.value?.file_id ?? '')} onClose={close} />
      )}
    </>
  )
}
