import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { readComposeFile, root } from './compose-file.ts'
import { findStackTool } from './stack-tool.ts'

const folder = mkdtempSync(join(tmpdir(), 'edge-'))
chmodSync(folder, 0o755)
test.after(() => rmSync(folder, { recursive: true }))

const image = readComposeFile().services.nginx?.image ?? ''
const nginx = await findStackTool('nginx', image, [folder])

/** The configuration as the container has it, with its folders elsewhere. */
async function layOut(): Promise<string> {
  const subject = ['-subj', '/CN=chat.example.org', '-days', '1', '-nodes']
  const files = ['-keyout', join(folder, 'tls_key.pem'), '-out', join(folder, 'tls_cert.pem')]
  await promisify(execFile)('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    ...subject,
    ...files,
  ])
  writeFileSync(join(folder, 'tls_ca.pem'), readFileSync(join(folder, 'tls_cert.pem')))
  const move = (text: string) =>
    text
      .replaceAll('/run/secrets', folder)
      .replaceAll('/etc/nginx/conf.d', folder)
      .replaceAll('/etc/nginx/parts', join(root, 'configs/nginx/parts'))
      .replaceAll(/\$\{DOMAIN\}/g, 'chat.example.org')
      .replaceAll(/\$\{FILES_DOMAIN\}/g, 'files.example.org')
      .replaceAll(/\$\{CORS_ALLOWED_ORIGINS\}/g, 'https://app.example.org, https://other.example.org')
  for (const template of globSync(join(root, 'configs/nginx/templates/*.template'))) {
    writeFileSync(join(folder, basename(template, '.template')), move(readFileSync(template, 'utf8')))
  }
  const main = join(folder, 'nginx.main')
  writeFileSync(main, move(readFileSync(join(root, 'configs/nginx/nginx.conf'), 'utf8')))
  return main
}

/** Since then nginx looks the names of upstreams up anew, as the settings want it. */
const oldest = [1, 27, 3]

function isTooOld(said: string): boolean {
  const numbers = (/nginx\/([\d.]+)/.exec(said)?.[1] ?? '0').split('.').map(Number)
  const difference = oldest.map((number, place) => (numbers[place] ?? 0) - number).find((one) => one !== 0) ?? 0
  return difference < 0
}

test('nginx takes the settings of the edge', async (t) => {
  if (typeof nginx === 'string') return t.skip(nginx)
  const { said: version } = await nginx(['-v'])
  if (isTooOld(version)) return t.skip(`${version.trim()} on PATH is older than ${oldest.join('.')}`)
  const { isContent, said } = await nginx(['-t', '-c', await layOut()])
  assert.ok(isContent && !said.includes('[warn]'), said)
})

test('a shell understands what starts each container', async () => {
  const scripts = globSync('configs/*/*.sh', { cwd: root })
  assert.ok(scripts.length > 5)
  for (const script of scripts) await promisify(execFile)('bash', ['-n', script], { cwd: root })
})
