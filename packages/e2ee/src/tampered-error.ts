/** Something is not as whoever has its key made it: changed, shortened, put together from others, or of another key. */
export class TamperedError extends Error {
  override readonly name = 'TamperedError'
}
