// What the grammar of YASQE knows of a place in a query, in words for readers.
import { number, say } from "./terms.js";

const AT_MOST = 10;
/** What stands for the terminals of the grammar that are no words and no signs. */
const SHOWN = [
  [/^IRI_REF$/, "<IRI>"],
  [/^VAR\d$/, "?x"],
  [/^PNAME_/, "cd:City"],
  [/^STRING_/, '"text"'],
  [/^(INTEGER|DECIMAL|DOUBLE)/, "1"],
  [/^LANGTAG$/, "@en"],
  [/^BLANK_NODE_LABEL$/, "_:b"],
  [/^NIL$/, "()"],
  [/^ANON$/, "[]"],
];
/** Return a text whose order from left to right stays amid one from right to left. */
const apart = (text) => `\u2066${text}\u2069`;
const shown = (possible) => SHOWN.find(([terminal]) => terminal.test(possible))?.[1] ?? possible;

/** Return the words of SPARQL among what is possible somewhere. */
export const wordsAmong = (possible) => possible.filter((each) => /^[A-Z][A-Z0-9_]+$/.test(each) && shown(each) === each);

/** Return what the grammar does not allow in a query; null where all is well. */
export function problemOf(yasqe) {
  for (let line = 0; line < yasqe.lineCount(); line++) {
    const icon = yasqe.lineInfo(line).gutterMarkers?.gutterErrorBar;
    if (!icon) continue;
    const text = wording(yasqe, line);
    // Its own tooltip comes by the mouse alone, in English, with a style that the policy of the pages refuses.
    icon.onmouseover = icon.onmouseout = null;
    icon.title = text;
    return text;
  }
  return null;
}

function wording(yasqe, line) {
  const { start, string, state } = yasqe.getLineTokens(line, true).find((token) => !token.state.OK);
  const place = say("line", { line: number(line + 1), column: number(start + 1) });
  if (state.errorMsg) return say("no-prefix", { place, prefix: apart(string.replace(/:.*/s, ":")) });
  // The table of the grammar names closing brackets wherever a part can end, also where none is open.
  const closing = (sign) => /^[)}\]]$/.test(sign);
  const possible = state.possibleCurrent.filter((sign) => (closing(sign) ? state.stack.includes(sign) : sign !== "$"));
  const fits = [...new Set(possible.map(shown))].sort((a, b) => closing(b) - closing(a));
  const some = fits.slice(0, AT_MOST).join(" ") + (fits.length > AT_MOST ? " …" : "");
  return say(fits.length ? "no-fit" : "no-more", { place, found: apart(string), some: apart(some) });
}
