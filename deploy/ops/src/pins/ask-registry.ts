import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { runDocker } from '../docker/run-docker.ts'

const Manifest = Compile(Type.Object({ digest: Type.String({ pattern: '^sha256:[0-9a-f]{64}$' }) }))
const timeoutMs = 60_000

/**
 * What a tag leads to in its registry now. The engine's own word would not do: an image that was built or loaded there has an
 * id and no digest of a registry, and with containerd's store it has one that no registry knows.
 */
export async function askRegistry(root: string, image: string): Promise<string> {
  const words = ['buildx', 'imagetools', 'inspect', '--format', '{{json .Manifest}}', image]
  return Manifest.Parse(JSON.parse(await runDocker(words, { root, timeoutMs }))).digest
}
