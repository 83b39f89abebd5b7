/** The body of an answer; what it should hold is for the assertions that follow to say. */
export async function readJson(response: Response) {
  return JSON.parse(await response.text())
}
