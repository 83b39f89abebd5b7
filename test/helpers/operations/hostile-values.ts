const uuid = '0190a000-0000-7000-8000-000000000001'

/** Texts that break programs: by their script, their length, what they mean elsewhere, or by meaning nothing. */
const texts: readonly string[] = [
  // From right to left, and the mark that turns what follows around.
  'שלום עולם',
  '\u202egpj.exe',
  '\u2066\u2069\u200f',
  // Many marks on one letter, letters of many code points, letters that change under normalisation.
  `z${'\u0334\u0301\u0316'.repeat(60)}`,
  '👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  'ﷺ'.repeat(40),
  'İıſẞ',
  // Halves of characters, and code points that are none.
  '\ud800',
  'a\udc00b',
  '\ud83d\ud83d',
  '\uffff\ufffe\ufdd0',
  '\ufeff',
  '\ufffd',
  // Ten kilobytes.
  'x'.repeat(10_240),
  '€'.repeat(3_414),
  '\u0000'.repeat(10_240),
  ' '.repeat(10_240),
  // Control characters.
  '\u0000',
  'a\u0000b',
  '\u0007\b\u001b[31m\u007f\u009b',
  '\r\nSet-Cookie: a=b',
  'a\nb\tc\u000b\f',
  '\u2028\u2029\u0085',
  // What databases read.
  "' or 1=1 --",
  "'; drop table users; --",
  "\\'; select pg_sleep(10) --",
  '%',
  '_%_%_%',
  '\\',
  '\\u0000',
  '{1,2}',
  '$1',
  '::uuid',
  'infinity',
  // What other programs read.
  '',
  ' ',
  '__proto__',
  'constructor',
  '{"$gt":""}',
  '../../etc/passwd',
  '%00%2e%2e%2f',
  '<script>alert(1)</script>',
  '{{7*7}}#{7*7}',
  'NaN',
  '1e999',
  'null',
  'true',
  '-0',
  '9'.repeat(40),
  '0'.repeat(64),
  uuid.toUpperCase(),
  uuid.replaceAll('-', ''),
  'a@b',
  '"a b"@example.org',
  'a@[127.0.0.1]',
  `${'a'.repeat(64)}@${'b'.repeat(63)}.org`,
  'javascript:alert(1)',
  'http://169.254.169.254/',
  '2026-02-31T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
]

/** Each hostile text alone, and before and behind one that fits, so that it comes past the checks of length and form. */
export function createHostileTexts(fitting: string): string[] {
  return texts.flatMap((text) => [text, `${fitting}${text}`, `${text}${fitting}`])
}

/** What is no text at all. */
export const wrongTypes: readonly unknown[] = [0, -1, 1.5, 1e308, true, false, null, [], ['x'], {}, { $ne: null }]

/** Bodies that are no object, or no JSON. */
export const brokenBodies: readonly string[] = [
  '',
  '{',
  'null',
  '[]',
  '"x"',
  '7',
  '{"a":1}}',
  '{"__proto__":{"role":"admin"}}',
  '{"constructor":{"prototype":{"role":"admin"}}}',
  '\u0000',
  '{"a":"\u0000"}',
  `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
]
