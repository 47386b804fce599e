// Running a query: it can be stopped, it has an error with a place, and an answer that was cut says so.
import { page } from "./terms.js";

const ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9, application/problem+json;q=0.1";

/** An error as the service tells it; line and column where it knows them. */
export class QueryError extends Error {
  constructor(problem) {
    super(problem.detail ?? problem.title);
    Object.assign(this, { title: problem.title, line: problem.line, column: problem.column, excerpt: problem.excerpt });
  }
}

/** A query that runs; `answer` is what comes of it. Where `next` is given, the rest of an answer that was cut there. */
export class Run {
  constructor(query, next = null) {
    this.name = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    this.began = performance.now();
    this.leaving = new AbortController();
    const name = { "query-id": this.name };
    this.base = next ? next.replace(/\/sparql\?.*/s, "") : page.base;
    this.answer = next
      ? this.ask(`${next}&${new URLSearchParams(name)}`, {})
      : this.ask(`${page.base}/sparql`, { method: "POST", body: new URLSearchParams({ query, ...name }) });
  }

  get seconds() {
    return (performance.now() - this.began) / 1000;
  }

  async ask(address, options) {
    const answer = await fetch(address, { ...options, headers: { Accept: ACCEPT }, signal: this.leaving.signal });
    const text = await answer.text();
    const type = answer.headers.get("content-type") ?? "";
    if (!answer.ok) throw new QueryError(type.includes("json") ? JSON.parse(text) : { title: String(answer.status) });
    return {
      text,
      type,
      seconds: this.seconds,
      version: answer.headers.get("citydip-version"),
      cut: /rows=(\d+)/.exec(answer.headers.get("citydip-cut") ?? "")?.[1],
      next: /<([^>]*)>;\s*rel="next"/.exec(answer.headers.get("link") ?? "")?.[1],
    };
  }

  /** Stop it: the service is told, so that it works on it no longer; then nothing more is waited for. */
  async stop() {
    await fetch(`${this.base}/queries/${this.name}`, { method: "DELETE", keepalive: true }).catch(() => {});
    this.leaving.abort();
  }
}
