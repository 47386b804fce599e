// The query page where scripts run: an editor, queries that run without leaving the page, and views of their results.
import { h } from "./dom.js";
import { openEditor } from "./editor/code.js";
import { showResult } from "./editor/output.js";
import { QueryError, Run } from "./editor/run.js";
import { readResult } from "./editor/results.js";
import { number, page, readThings, say, vocabulary } from "./editor/terms.js";

const form = document.getElementById("query-form");
const field = document.getElementById("query");
const runButton = document.getElementById("run");
const stopButton = document.getElementById("stop");
const status = document.getElementById("query-status");
const error = document.getElementById("query-error");
const output = document.getElementById("output");

const LONGEST_ADDRESS = 7000;
const CLOCK = new Intl.NumberFormat(page.language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const label = form.querySelector("label[for=query]");
const help = h("p", { class: "quiet", id: "editor-help" }, say("editor-help"));

document.getElementById("editor").after(help);
const editor = openEditor(document.getElementById("editor"), field, {
  help,
  label: label.textContent,
  run: () => form.requestSubmit(),
});
label.addEventListener("click", () => editor.focus());
stopButton.before(h("button", { type: "button", class: "second", id: "format", onclick: () => editor.format() }, say("format")));

let running = null;

/** Run what is in the editor, or the part of an answer that comes next. */
async function run(next = null) {
  running?.stop();
  const query = editor.text;
  const mine = (running = new Run(query, next));
  editor.clearError();
  error.replaceChildren();
  stopButton.hidden = false;
  const limit = CLOCK.format(page.timeout);
  const tick = () => {
    if (running === mine) status.textContent = say("running", { seconds: CLOCK.format(mine.seconds), limit });
  };
  // The first second is not told: most queries are done by then, and who listens would hear of each.
  const clock = setInterval(tick, 1000);
  try {
    const answer = await mine.answer;
    const result = readResult(answer.type, answer.text);
    await readThings(irisOf(result));
    if (running !== mine) return;
    status.textContent = done(result, answer);
    keepAddress(query);
    showResult(output, { query, result, answer, goOn: () => run(answer.next) });
  } catch (problem) {
    // One that was stopped has an end too, which nobody waits for.
    if (running !== mine) return;
    status.textContent = "";
    showError(problem);
  } finally {
    clearInterval(clock);
    if (running === mine) {
      running = null;
      stopButton.hidden = true;
    }
  }
}

function done(result, answer) {
  const seconds = number(answer.seconds);
  const key = { truth: "done-truth", graph: "done-graph", rows: "done" }[result.kind];
  return say(key, { count: number(result.rows.length), seconds });
}

function irisOf(result) {
  return result.rows.slice(0, 5000).flatMap((row) => Object.values(row).filter((term) => term.type === "uri").map((term) => term.value));
}

/** Say what went wrong, and show where. */
function showError(problem) {
  output.replaceChildren();
  if (!(problem instanceof QueryError)) return error.replaceChildren(h("p", { class: "warn" }, say("failed")));
  const { line, column, title, message, excerpt } = problem;
  if (line) editor.showError(line, column);
  const go = () => (editor.showError(line, column), editor.focus());
  error.replaceChildren(
    h("p", { class: "warn" }, h("strong", { dir: "auto" }, title), " ", line && h("button", { type: "button", class: "second", id: "go-to-error", onclick: go }, say("line", { line: number(line), column: number(column) }))),
    h("p", { lang: "en", dir: "ltr" }, message),
    excerpt ? h("pre", {}, h("code", {}, excerpt)) : "",
  );
}

/** Let the address name the query, so that it can be kept and sent. */
function keepAddress(query) {
  const given = new URLSearchParams({ ...page.chosen, query });
  const address = `${page.base}/sparql?${given}`;
  if (address.length <= LONGEST_ADDRESS) history.replaceState(null, "", address + location.hash);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
stopButton.addEventListener("click", () => {
  running?.stop();
  running = null;
  stopButton.hidden = true;
  status.textContent = say("stopped");
});

const examples = document.getElementById("find-example");
const filter = document.getElementById("example-filter");
examples.hidden = false;
filter.addEventListener("input", () => {
  const words = filter.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  for (const item of document.getElementById("example-list").children) {
    const text = item.textContent.toLocaleLowerCase();
    item.hidden = !words.every((word) => text.includes(word));
  }
});

if (page.run && editor.text.trim()) run();
else vocabulary();
