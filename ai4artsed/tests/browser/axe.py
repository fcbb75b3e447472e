"""What axe-core finds on a page: the rules of WCAG 2.2 A and AA, and axe's best practices."""

from __future__ import annotations

from collections.abc import Collection
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

from ai4artsed.tests.browser.layout import settle

# In a browser's tools a page's Content-Security-Policy does not hold, so that it stays in force.
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
LOOK = """
([tags, without]) => axe.run(document, {
  runOnly: { type: "tag", values: tags },
  rules: Object.fromEntries(without.map((rule) => [rule, { enabled: false }])),
  resultTypes: ["violations"],
  preload: false,
}).then(({ violations }) => violations)
"""


def findings(page: Page, *, without: Collection[str] = ()) -> list[str]:
    """Return a line for each element that breaks a rule; `without` names rules left out."""
    settle(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"() => {{ {AXE} }}")
    violations: list[dict[str, Any]] = page.evaluate(LOOK, [list(TAGS), list(without)])
    return [
        f"{violation['id']}: {node['html'][:160]} ({' '.join(node['failureSummary'].split())})"
        for violation in violations
        for node in violation["nodes"]
    ]
