// The lists of works as the server gives them, a page at a time and no work twice.

import { getJson } from "../base/api.js";
import { deviceId } from "../base/store.js";
import { workshop } from "../base/workshop.js";

const PAGE_SIZE = 48;

/** Pages of the works of `whose`, the newest first; `filters` says which. */
export function pagesOf(whose, { favourites, rule, output }) {
  const seen = new Set();
  let number = 0;
  const pages = {
    isDone: false,
    count: 0,
    async next() {
      const query = new URLSearchParams({
        kind: "generation", status: "complete", page: String(number + 1), page_size: String(PAGE_SIZE),
      });
      if (rule) query.set("rule", rule);
      if (output) query.set("output_config", output);
      if (whose === "group") {
        query.set("released", "true");
        const facts = await workshop();
        if (facts) query.set("workshop", facts.name);
      } else {
        query.set("device", deviceId);
        if (favourites) query.set("favourite", "true");
      }
      const { results, count, next } = await getJson(`/api/runs/?${query}`);
      number += 1;
      pages.isDone = next === null;
      pages.count = count;
      // Works made meanwhile push others onto the next page.
      const works = results.filter((run) => run.media.length && !seen.has(run.run_id));
      for (const run of works) seen.add(run.run_id);
      return { works, count };
    },
  };
  return pages;
}
