import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Manifest, stores } from './sets/manifest.ts'
import type { Drilled } from './tasks/drill.ts'
import { bytesOf } from './tasks/take-backup.ts'

type Gauge = { name: string; help: string; values: readonly (readonly [labels: string, value: number])[] }

const inSeconds = (time: string) => Math.round(Date.parse(time) / 1_000)

/** node-exporter reads what ends with .prom, and nothing that is half written. */
async function write(folder: string, name: string, gauges: readonly Gauge[]): Promise<void> {
  const lines = gauges.flatMap(({ name: metric, help, values }) => [
    `# HELP ${metric} ${help}`,
    `# TYPE ${metric} gauge`,
    ...values.map(([labels, value]) => `${metric}${labels} ${value}`),
  ])
  const path = join(folder, `${name}.prom`)
  await writeFile(`${path}.partial`, `${lines.join('\n')}\n`, { mode: 0o644 })
  await rename(`${path}.partial`, path)
}

/** What is known of the newest set. */
export async function tellBackup(folder: string, manifest: Manifest): Promise<void> {
  const ofEach = (measure: (store: (typeof stores)[number]) => number) =>
    stores.map((store) => [`{store="${store}"}`, measure(store)] as const)
  const sizeOf = (store: (typeof stores)[number]) =>
    bytesOf(manifest.stores[store]) + (store === 'objects' ? manifest.objects.bytes : 0)
  await write(folder, 'backup', [
    {
      name: 'backup_last_success_timestamp_seconds',
      help: 'When the newest set that counts has kept a store.',
      values: ofEach((store) => inSeconds(manifest.stores[store].finishedAt)),
    },
    {
      name: 'backup_size_bytes',
      help: 'How large a store is in the newest set.',
      values: ofEach(sizeOf),
    },
    {
      name: 'backup_duration_seconds',
      help: 'How long the newest set took for a store.',
      values: ofEach((store) => manifest.stores[store].seconds),
    },
  ])
}

/** That every byte of a set was read and was as its manifest says. */
export async function tellVerified(folder: string): Promise<void> {
  const help = 'When every byte of a set was last read and found as it was kept.'
  const now = Math.round(Date.now() / 1_000)
  await write(folder, 'backup-verified', [
    { name: 'backup_verified_last_success_timestamp_seconds', help, values: [['', now]] },
  ])
}

/** That a set came back beside the running system. */
export async function tellDrill(folder: string, { seconds }: Drilled): Promise<void> {
  await write(folder, 'backup-drill', [
    {
      name: 'backup_drill_last_success_timestamp_seconds',
      help: 'When a set was last restored beside the running system and found as it was kept.',
      values: [['', Math.round(Date.now() / 1_000)]],
    },
    { name: 'backup_drill_duration_seconds', help: 'How long that took.', values: [['', Math.round(seconds)]] },
  ])
}
