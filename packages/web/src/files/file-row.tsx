import { useSignal } from '@preact/signals'
import { IconButton } from '../controls/button.tsx'
import { icons } from '../controls/icons.tsx'
import { words } from '../words/index.ts'
import { sizeOf } from '../words/sizes.ts'
import { explainFile } from './explain-file.ts'
import { saveFile } from './links.ts'
import { shownName } from './shown-name.ts'

/** A button that fetches a file, and says where that does not work. */
export function DownloadButton({ fileId, name }: { fileId: string; name: string }) {
  const failure = useSignal<string | undefined>(undefined)
  async function save(): Promise<void> {
    failure.value = undefined
    try {
      await saveFile(fileId)
    } catch (error) {
      failure.value = explainFile(error)
    }
  }
  return (
    <>
      {failure.value && (
        <span class="error" role="alert">
          {failure.value}
        </span>
      )}
      <IconButton label={words.files.download(shownName(name))} icon={icons.download} onClick={save} />
    </>
  )
}

type Props = { file: { file_id: string; file_name: string; file_size: number }; note?: string | undefined }

/** A file by its name, for whatever is not shown itself. */
export function FileRow({ file: { file_id: fileId, file_name: name, file_size: size }, note }: Props) {
  return (
    <div class="file-row">
      {icons.file}
      <p class="file-name">
        <bdi>{shownName(name)}</bdi>
        <span class="hint">{note ?? sizeOf(size)}</span>
      </p>
      {note === undefined && <DownloadButton fileId={fileId} name={name} />}
    </div>
  )
}
