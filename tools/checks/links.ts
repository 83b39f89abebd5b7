import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '')
}

/** The anchors that a page's headings get, as GitHub makes them. */
function listAnchors(text: string): string[] {
  const headings = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ +(.+)$/gm)]
  return headings.map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  )
}

/** Every link to a file of the repo leads to one, and every anchor to a heading. */
export function checkLinks(root: string, paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    const targets = [...withoutCode(text).matchAll(/\]\(<?([^)\s>]+)/g)].map(([, target = '']) => target)
    return targets.flatMap((target) => (leadsSomewhere(root, path, target) ? [] : [`${path}: ${target} leads nowhere`]))
  })
}

function leadsSomewhere(root: string, path: string, target: string): boolean {
  if (/^[a-z]+:/i.test(target)) return true
  const [file = '', anchor] = target.split('#')
  const full = file === '' ? join(root, path) : join(root, dirname(path), decodeURIComponent(file))
  if (!existsSync(full)) return false
  return anchor === undefined || !full.endsWith('.md') || listAnchors(readFileSync(full, 'utf8')).includes(anchor)
}
