/** What goes over the wire, how it is answered, and what of it the upstream sees: `METHOD path`, one a request. */
export type RawCase = { name: string; bytes: string; status: number; reached?: readonly string[] }

const path = '/v1/users/me'
const host = 'Host: gateway\r\n'
const close = 'Connection: close\r\n'
/** What a smuggler hides behind a request; it must never be taken for one. */
export const smuggled = `GET ${path}?smuggled=1 HTTP/1.1\r\n${host}\r\n`

export const plainGet = `GET ${path} HTTP/1.1\r\n${host}${close}\r\n`
const get = (target: string, headers = '') => `GET ${target} HTTP/1.1\r\n${host}${close}${headers}\r\n`
/** A request that does not ask for the end of its connection. */
const kept = (line: string, headers = host) => `${line}\r\n${headers}\r\n`
const post = (headers: string, body: string) =>
  `POST /v1/auth/refresh HTTP/1.1\r\n${host}Content-Type: application/json\r\n${headers}\r\n${body}`
const chunked = (body: string) => post('Transfer-Encoding: chunked\r\n', body)
const closing = (request: string) => request.replace(host, host + close)

const reached = [`GET ${path}`]
const posted = ['POST /v1/auth/refresh']

const refusedTargets: Readonly<Record<string, string>> = {
  'a dot segment': '/v1/users/./me',
  'two dots': '/v1/auth/../users/me',
  'two dots at the end': '/v1/users/me/..',
  'an encoded dot': '/v1/users/%2e/me',
  'encoded dots': '/v1/auth/%2e%2e/users/me',
  'dots encoded in upper case': '/v1/auth/%2E%2E/users/me',
  'a half-encoded pair of dots': '/v1/auth/.%2e/users/me',
  'an encoded dot within a name': '/v1/auth/jwks%2ejson',
  'an encoded slash': '/v1/users%2fme',
  'an encoded slash in upper case': '/v1/users%2Fme',
  'a backslash': '/v1\\users\\me',
  'an encoded backslash': '/v1%5cusers%5cme',
  'a path parameter': '/v1/users;x=1/me',
  'a semicolon at the end': '/v1/users/me;.json',
  'a doubly encoded slash': '/v1/users%252fme',
  'a doubly encoded dot': '/v1/auth/%252e%252e/users/me',
  'an encoded zero byte': '/v1/users/me%00',
  'an encoded zero byte in the query': '/v1/users/me?a=%00',
  'an encoded line break': '/v1/users/me%0d%0aX-User-Id:1',
  'an encoded delete character': '/v1/users/me%7f',
  'a percent sign alone': '/v1/users/m%',
  'a percent sign before no hex': '/v1/users/%zz',
  'a percent sign cut short': '/v1/users/me%6',
  'an overlong encoding of a slash': '/v1/users%c0%afme',
  'half a character': '/v1/users/%e9',
  'two slashes': '/v1//users/me',
  'two slashes in front': '//v1/users/me',
  'another host in front': '//evil.example/v1/users/me',
  'a fragment': '/v1/users/me#x',
  'an absolute form': 'http://gateway/v1/users/me',
  'an absolute form of another host': 'http://evil.example/v1/users/me',
  'a segment nobody would write': `/v1/users/${'a'.repeat(200)}`,
  'more than 8 KiB': `/v1/users/me?${'a'.repeat(8_200)}`,
}

const refusedTargetCases: readonly RawCase[] = Object.entries(refusedTargets).map(([name, target]) => ({
  name: `a target with ${name}`,
  bytes: get(target),
  status: 400,
}))

/** Requests that are read to their end and ask for the end of the connection themselves. */
export const readable: readonly RawCase[] = [
  ...refusedTargetCases,
  { name: 'a plain target', bytes: plainGet, status: 200, reached },
  { name: 'a target with an encoded letter', bytes: get('/v1/users/m%65'), status: 200, reached },
  {
    name: 'a query in any spelling',
    bytes: get(`${path}?b=%2F..%2f&a`),
    status: 200,
    reached: [`GET ${path}?b=%2F..%2F&a=`],
  },
  { name: 'an empty query', bytes: get(`${path}?`), status: 200, reached },
  { name: 'a slash at the end', bytes: get(`${path}/`), status: 404 },
  { name: 'another case', bytes: get('/V1/users/me'), status: 404 },
  { name: 'a path that is not in the table', bytes: get('/internal/metrics'), status: 404 },
  { name: 'an asterisk', bytes: `OPTIONS * HTTP/1.1\r\n${host}${close}\r\n`, status: 400 },
  { name: 'the method HEAD', bytes: `HEAD /v1/auth/jwks.json HTTP/1.1\r\n${host}${close}\r\n`, status: 405 },
  { name: 'the method TRACE', bytes: `TRACE /v1/auth/jwks.json HTTP/1.1\r\n${host}${close}\r\n`, status: 405 },
  { name: 'the method PUT', bytes: `PUT /v1/auth/jwks.json HTTP/1.1\r\n${host}${close}\r\n`, status: 405 },
  { name: 'a method of WebDAV', bytes: `PROPFIND ${path} HTTP/1.1\r\n${host}${close}\r\n`, status: 404 },
  { name: 'two hosts', bytes: get(path, 'Host: evil.example\r\n'), status: 400 },
  { name: 'the same host twice', bytes: get(path, host), status: 400 },
  {
    name: 'two kinds of credentials',
    bytes: get(path, 'Authorization: Bearer a\r\nauthorization: Bearer b\r\n'),
    status: 400,
  },
  { name: 'two Connection headers', bytes: get(path, 'Connection: x-a\r\n'), status: 200, reached },
  { name: 'a body where none belongs', bytes: `${get(path, 'Content-Length: 2\r\n')}{}`, status: 400 },
  { name: 'chunks where none belong', bytes: `${get(path, 'Transfer-Encoding: chunked\r\n')}0\r\n\r\n`, status: 400 },
  { name: 'a length of zero', bytes: get(path, 'Content-Length: 0\r\n'), status: 200, reached },
  {
    name: 'a coding before the chunks',
    bytes: closing(post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n')),
    status: 400,
  },
  { name: 'chunks', bytes: closing(chunked('2\r\n{}\r\n0\r\n\r\n')), status: 200, reached: posted },
  { name: 'a chunk extension', bytes: closing(chunked('2;a="b"\r\n{}\r\n0\r\n\r\n')), status: 200, reached: posted },
  {
    name: 'trailers',
    bytes: closing(chunked('2\r\n{}\r\n0\r\nHost: evil\r\nX-User-Id: 1\r\n\r\n')),
    status: 200,
    reached: posted,
  },
  {
    name: 'an expectation that nobody knows',
    bytes: closing(post('Content-Length: 2\r\nExpect: 200-ok\r\n', '{}')),
    status: 400,
  },
  {
    name: 'an upgrade to HTTP/2',
    bytes: get(path, 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n'),
    status: 200,
    reached,
  },
  {
    name: 'an upgrade where there is no socket',
    bytes: get(path, 'Connection: Upgrade\r\nUpgrade: websocket\r\n'),
    status: 200,
    reached,
  },
  { name: 'HTTP/1.0 without a host', bytes: `GET ${path} HTTP/1.0\r\n\r\n`, status: 200, reached },
  { name: 'HTTP/1.0 with chunks', bytes: chunked('2\r\n{}\r\n0\r\n\r\n').replace('HTTP/1.1', 'HTTP/1.0'), status: 400 },
  { name: 'HTTP/0.9', bytes: `GET ${path}\r\n\r\n`, status: 400 },
  { name: 'no host', bytes: `GET ${path} HTTP/1.1\r\n${close}\r\n`, status: 400 },
]

/** Requests whose end nobody can tell: the gateway closes by itself, and what follows is not read. */
export const unreadable: readonly RawCase[] = [
  {
    name: 'a length and chunks',
    bytes: post('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${smuggled}`),
  },
  {
    name: 'chunks and a length',
    bytes: post('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', `0\r\n\r\n${smuggled}`),
  },
  { name: 'two lengths', bytes: post('Content-Length: 2\r\nContent-Length: 60\r\n', `{}${smuggled}`) },
  { name: 'the same length twice', bytes: post('Content-Length: 2\r\nContent-Length: 2\r\n', `{}${smuggled}`) },
  { name: 'a list of lengths', bytes: post('Content-Length: 2, 2\r\n', `{}${smuggled}`) },
  { name: 'a length with a sign', bytes: post('Content-Length: +2\r\n', `{}${smuggled}`) },
  { name: 'a negative length', bytes: post('Content-Length: -1\r\n', `{}${smuggled}`) },
  { name: 'a length with a space', bytes: post('Content-Length: 2 2\r\n', `{}${smuggled}`) },
  { name: 'a length in hex', bytes: post('Content-Length: 0x2\r\n', `{}${smuggled}`) },
  { name: 'an empty length', bytes: post('Content-Length:\r\n', `{}${smuggled}`) },
  { name: 'a length beyond all numbers', bytes: post(`Content-Length: ${'9'.repeat(30)}\r\n`, `{}${smuggled}`) },
  { name: 'xchunked', bytes: post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${smuggled}`) },
  { name: 'chunked, identity', bytes: post('Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${smuggled}`) },
  {
    name: 'two transfer encodings',
    bytes: post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', `0\r\n\r\n${smuggled}`),
  },
  { name: 'a folded transfer encoding', bytes: post('Transfer-Encoding:\r\n chunked\r\n', `0\r\n\r\n${smuggled}`) },
  { name: 'a vertical tab before chunked', bytes: post('Transfer-Encoding: \x0bchunked\r\n', `0\r\n\r\n${smuggled}`) },
  {
    name: 'a space before the colon of the framing',
    bytes: post('Transfer-Encoding : chunked\r\n', `0\r\n\r\n${smuggled}`),
  },
  { name: 'a chunk size that is no number', bytes: chunked(`zz\r\n{}\r\n0\r\n\r\n${smuggled}`) },
  { name: 'a negative chunk size', bytes: chunked(`-2\r\n{}\r\n0\r\n\r\n${smuggled}`) },
  { name: 'a chunk size with 0x', bytes: chunked(`0x2\r\n{}\r\n0\r\n\r\n${smuggled}`) },
  { name: 'a chunk size beyond all numbers', bytes: chunked(`${'f'.repeat(17)}\r\n{}\r\n0\r\n\r\n${smuggled}`) },
  { name: 'a chunk longer than it says', bytes: chunked(`2\r\n{}{}\r\n0\r\n\r\n${smuggled}`) },
  { name: 'line feeds between chunks', bytes: chunked(`2\n{}\n0\n\n${smuggled}`) },
  { name: 'a line feed in a chunk extension', bytes: chunked(`2;\nxx\r\n{}\r\n0\r\n\r\n${smuggled}`) },
  { name: 'bare line feeds', bytes: `GET ${path} HTTP/1.1\nHost: gateway\n\n` },
  { name: 'one bare line feed', bytes: `GET ${path} HTTP/1.1\r\nHost: gateway\nX-A: b\r\n\r\n` },
  { name: 'a bare carriage return', bytes: `GET ${path} HTTP/1.1\r\nHost: gateway\rX-A: b\r\n\r\n` },
  { name: 'a space before a colon', bytes: kept(`GET ${path} HTTP/1.1`, 'Host : gateway\r\n') },
  { name: 'a space in a header name', bytes: kept(`GET ${path} HTTP/1.1`, `${host}X A: b\r\n`) },
  { name: 'a space before the first header', bytes: kept(`GET ${path} HTTP/1.1`, ` ${host}`) },
  { name: 'a folded header', bytes: kept(`GET ${path} HTTP/1.1`, `${host}X-A: a\r\n b\r\n`) },
  { name: 'a zero byte in a header', bytes: kept(`GET ${path} HTTP/1.1`, `${host}X-A: a\0b\r\n`) },
  { name: 'a header without a colon', bytes: kept(`GET ${path} HTTP/1.1`, `${host}garbage\r\n`) },
  { name: 'a header without a name', bytes: kept(`GET ${path} HTTP/1.1`, `${host}: b\r\n`) },
  { name: 'a header of 17,000 bytes', bytes: kept(`GET ${path} HTTP/1.1`, `${host}X-A: ${'a'.repeat(17_000)}\r\n`) },
  { name: '5,000 headers', bytes: kept(`GET ${path} HTTP/1.1`, `${host}${'a:1\r\n'.repeat(5_000)}`) },
  { name: 'a target of 20,000 bytes', bytes: kept(`GET ${path}?${'a'.repeat(20_000)} HTTP/1.1`) },
  { name: 'a method that nobody knows', bytes: kept(`FETCH ${path} HTTP/1.1`) },
  { name: 'a method in lower case', bytes: kept(`get ${path} HTTP/1.1`) },
  { name: 'the method CONNECT', bytes: kept('CONNECT upstream:80 HTTP/1.1') + smuggled },
  { name: 'an authority as the target', bytes: kept('GET upstream:80 HTTP/1.1') },
  { name: 'a byte beyond ASCII in the target', bytes: kept('GET /v1/users/\xe9 HTTP/1.1') },
  { name: 'a zero byte in the target', bytes: kept(`GET ${path}\0 HTTP/1.1`) },
  { name: 'a tab in the target', bytes: kept(`GET ${path}\t HTTP/1.1`) },
  { name: 'a target that is empty', bytes: kept('GET HTTP/1.1') },
  { name: 'the preface of HTTP/2', bytes: `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${smuggled}` },
  { name: 'HTTP/1.2', bytes: kept(`GET ${path} HTTP/1.2`) },
  { name: 'the hello of TLS', bytes: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' },
].map((one) => ({ ...one, status: 400 }))
