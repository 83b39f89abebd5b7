/** The code of an error of S3 or of the system, such as NoSuchKey or ECONNREFUSED. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
