// The page of a query of the catalogue where scripts run: above its rows they show as the map, the network, the timeline
// or the chart that the query asks for. Without scripts the table is there.
import { views } from "./editor/output.js";
import { readResult } from "./editor/results.js";
import { page, readThings } from "./editor/terms.js";

const ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9";
const MOST_THINGS = 5000;
const place = document.getElementById("drawn");

const answer = await fetch(page.address, { headers: { Accept: ACCEPT } });
if (answer.ok) {
  const result = readResult(answer.headers.get("content-type") ?? "", await answer.text());
  const things = result.rows.slice(0, MOST_THINGS).flatMap((row) => Object.values(row).filter((term) => term.type === "uri").map((term) => term.value));
  await readThings(things);
  if (result.rows.length) {
    place.append(views(page.query, result));
    place.hidden = false;
  }
}
