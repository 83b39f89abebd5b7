/** Addresses that can be opened; what ends a sentence or closes a bracket is none of theirs. */
const links = /https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]}]/g

/** What somebody wrote, with its links to be followed; everything else stays text. */
export function WrittenText({ text }: { text: string }) {
  const parts = []
  let end = 0
  for (const { 0: link, index } of text.matchAll(links)) {
    parts.push(
      text.slice(end, index),
      <a key={index} href={link} target="_blank" rel="noopener noreferrer nofollow">
        {link}
      </a>,
    )
    end = index + link.length
  }
  return (
    <p class="written" dir="auto">
      {parts}
      {text.slice(end)}
    </p>
  )
}
