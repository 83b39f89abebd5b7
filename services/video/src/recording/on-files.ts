/** Has ffmpeg work on files of this machine alone, and say nothing but what is wrong. */
export const onFiles: readonly string[] = [
  ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error'],
  ...['-protocol_whitelist', 'file,pipe'],
]
