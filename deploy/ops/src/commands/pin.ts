import { type Finding, failed, ok } from '../checks/finding.ts'
import { reportFindings } from '../checks/report-findings.ts'
import type { Command } from '../command.ts'
import { Fault } from '../fault.ts'
import { lockInstallation } from '../lock.ts'
import { askRegistry } from '../pins/ask-registry.ts'
import { lockFile, readLock, writeLock } from '../pins/image-lock.ts'
import { listForeign, listImages } from '../pins/list-images.ts'
import { usePins } from '../pins/use-pins.ts'
import { readSettings } from '../settings/env-file.ts'

type Asked = { image: string; digest: string } | { image: string; fault: string }

async function ask(root: string, image: string): Promise<Asked> {
  try {
    return { image, digest: await askRegistry(root, image) }
  } catch (error) {
    return { image, fault: error instanceof Error ? error.message : String(error) }
  }
}

/** What is wrong with one image, or nothing. */
function judge(
  asked: Asked,
  locked: string | undefined,
  { isCheck, mayMove }: { isCheck: boolean; mayMove: boolean },
): Finding {
  const { image } = asked
  if ('fault' in asked)
    return failed(
      image,
      `its registry tells no digest: ${asked.fault}`,
      'Open the way there. An image that was built or loaded here has an id, which is no digest, and cannot be pinned.',
    )
  if (locked === undefined && isCheck) return failed(image, `is not in ${lockFile}`, './ops pin')
  if (locked !== undefined && locked !== asked.digest && !mayMove)
    return failed(image, `is ${asked.digest} now, and was ${locked}`, 'If that is wanted: ./ops pin --accept-moved')
  return ok(image, asked.digest)
}

export const pin: Command = {
  name: 'pin',
  summary: 'holds the images of other programs to what they are now',
  help: `Asks the registries what the tags of the compose file lead to, and writes that into deploy/images.lock, which you commit. From
then on ./ops up starts these images and no others, whatever becomes of their tags. Our own images are built here and are not pinned;
what they are built on is. A tag that leads to something else than the lock says is refused unless you accept it.

  ./ops pin
  ./ops pin --check           whether every image is pinned, and its tag still leads there; it changes nothing
  ./ops pin --accept-moved    after the tag of an image was moved, as for a security fix
  ./ops pin --json            {ok, findings: [{what, state, detail, fix}]}

To go without again: git rm deploy/images.lock, then ./ops up.`,
  options: { json: { type: 'boolean' }, check: { type: 'boolean' }, 'accept-moved': { type: 'boolean' } },
  run: async ({ values }, { root, output }) => {
    if (readSettings(root).size === 0)
      throw new Fault('There is no .env: this installation has not been made yet.', 'Run ./ops init first.')
    const isCheck = values.check === true
    using _lock = isCheck ? undefined : lockInstallation(root)
    const images = listForeign(await listImages(root))
    const locked = readLock(root) ?? new Map<string, string>()
    const asked = await Promise.all(images.map((image) => ask(root, image)))
    const rules = { isCheck, mayMove: values['accept-moved'] === true }
    const unused = [...locked.keys()].filter((image) => isCheck && !images.includes(image))
    const findings = [
      ...asked.map((one) => judge(one, locked.get(one.image), rules)),
      ...unused.map((image) => failed(image, `is in ${lockFile}, and nothing is made from it`, './ops pin')),
    ]
    const code = reportFindings(findings, { output, isJson: values.json === true })
    if (code !== 0 || isCheck) return code
    writeLock(root, new Map(asked.flatMap((one) => ('digest' in one ? [[one.image, one.digest] as const] : []))))
    await usePins(root)
    output.tell(`Written to ${lockFile}: commit it. ./ops up puts it to use.`)
    return 0
  },
}
