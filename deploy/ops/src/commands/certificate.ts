import { existsSync, readFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { authorityFiles } from '../certificates/authority.ts'
import { findCertificateFault } from '../certificates/find-certificate-fault.ts'
import type { Command, Surroundings } from '../command.ts'
import { consumers } from '../consumers.ts'
import { readContainers } from '../docker/read-containers.ts'
import { compose, runDocker } from '../docker/run-docker.ts'
import { Fault, UsageFault } from '../fault.ts'
import { lockInstallation } from '../lock.ts'
import { placeOf } from '../place.ts'
import { copyMode } from '../secrets/hand-out-secrets.ts'
import { readSettings } from '../settings/env-file.ts'
import { writeWhole } from '../write-whole.ts'

const [keyFile, chainFile] = ['tls_key.pem', 'tls_cert.pem']

function assertGood(root: string, { certificate, key }: { certificate: string; key: string }): void {
  for (const path of [certificate, key])
    if (!existsSync(path)) throw new Fault(`There is no file ${path}.`, 'Name the chain and then its key.')
  const { domain, filesDomain } = placeOf(readSettings(root))
  const { certificate: authority } = authorityFiles(join(root, 'secrets'))
  const fault = findCertificateFault({ certificate, key, authority, names: [domain, filesDomain], isForeign: true })
  if (fault === undefined) return
  throw new Fault(
    `The certificate ${fault}. Nginx keeps the one it has.`,
    `It has to be for ${domain} and ${filesDomain}.`,
  )
}

/** Has nginx read what is in its folder: connections that are open go on, new ones get the new certificate. */
async function tellNginx({ root, output }: Surroundings, folder: string): Promise<void> {
  const nginx = (await readContainers(root)).find(({ service }) => service === 'nginx')
  if (nginx?.status !== 'running')
    return output.print('nginx does not run: the certificate counts from its next start on.')
  await runDocker(compose('exec', '--no-TTY', 'nginx', 'nginx', '-s', 'reload'), { root })
  // As if it had been there at the start: else up would start nginx anew for it, and drift would tell of it.
  const startedAt = new Date(nginx.startedAt)
  for (const path of [join(folder, keyFile), join(folder, chainFile), folder]) utimesSync(path, startedAt, startedAt)
  output.print('nginx serves the new certificate.')
}

export const certificate: Command = {
  name: 'certificate',
  summary: 'gives nginx a certificate that browsers know, without a pause',
  help: `Takes the chain and the key that an authority gave you, makes sure that they belong together and are for both domains, puts them
into secrets/nginx, and has nginx read them. Connections that are open go on. Run it as root; an ACME client does so by itself:

  ./ops certificate CHAIN.pem KEY.pem

  certbot certonly --webroot --webroot-path "$(docker volume inspect -f '{{.Mountpoint}}' secureconnect_acme)" \\
    -d DOMAIN -d FILES_DOMAIN --deploy-hook '/path/to/ops certificate $RENEWED_LINEAGE/fullchain.pem $RENEWED_LINEAGE/privkey.pem'

Until then nginx has one of the installation's own authority, so that nothing waits for the first one.`,
  options: {},
  run: async ({ words }, surroundings) => {
    const [chain, key, ...others] = words
    if (chain === undefined || key === undefined || others.length > 0)
      throw new UsageFault('certificate takes two files.', 'Name the chain and then its key.')
    if (process.getuid?.() !== 0) throw new Fault('Only root may change certificates.', 'Run it by sudo.')
    const { root } = surroundings
    using _lock = lockInstallation(root)
    assertGood(root, { certificate: chain, key })
    const keeping = { mode: copyMode, uid: consumers.nginx?.uid }
    const folder = join(root, 'secrets/nginx')
    writeWhole(join(folder, keyFile), readFileSync(key, 'utf8'), keeping)
    writeWhole(join(folder, chainFile), readFileSync(chain, 'utf8'), keeping)
    await tellNginx(surroundings, folder)
    return 0
  },
}
