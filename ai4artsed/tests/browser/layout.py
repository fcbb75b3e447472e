"""What is measured on a page: only when it has come to rest, else chance decides what is found."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

FINGER_PIXELS = 44
# As wide as a window of 1280 pixels at 400 %: first of a tall one, then as low as it gets there.
SMALL_WINDOWS = ((320, 640), (320, 256))

# Letters that come late, pictures, and what follows from a new size of the window move what was
# measured before. At rest is what looks the same in two frames, one after the other.
AT_REST = """
(size) => new Promise((rests, moves) => {
  let before = "";
  let frames = 600;
  const look = () => {
    const all = [...document.querySelectorAll("body *")];
    const boxes = all.map((one) => one.getBoundingClientRect());
    const now = boxes.map((box) => [box.x, box.y, box.width, box.height].join()).join(" ");
    const isThere = document.fonts.status === "loaded"
      && (!size || (innerWidth === size[0] && innerHeight === size[1]))
      && [...document.images].every((image) => image.complete || image.loading === "lazy");
    frames -= 1;
    if (isThere && now === before) rests();
    else if (!frames) moves(new Error("the page does not come to rest"));
    else requestAnimationFrame(look);
    before = now;
  };
  requestAnimationFrame(look);
})
"""
# What a label lies around or stands for is pressed by way of it.
SMALL_TARGETS = """
(least) => [...document.querySelectorAll("button, a[href], textarea, summary, input, select")]
  .filter((target) => target.offsetParent && !target.matches(".skip, [type=hidden]"))
  .map((target) => (target.matches("[type=radio], [type=file]") ? target.labels[0] : target))
  .map((target) => [target.id || target.textContent.trim(), target.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.width < least - 0.01 || box.height < least - 0.01))
  .map(([name, box]) => `${name}: ${box.width} × ${box.height}`)
"""
OVERHANG = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
UNNAMED = """
() => [...document.querySelectorAll("button, a[href], textarea, img")]
  .filter((one) => one.offsetParent && !(one.textContent.trim() || one.ariaLabel || one.alt
    || one.labels?.length || one.querySelector("img[alt]")
    || (one.hasAttribute("alt") && one.closest("button")?.textContent.trim())))
  .map((one) => one.outerHTML)
"""


def settle(page: Page) -> None:
    """Wait until letters and pictures are there and nothing moves any more."""
    page.evaluate(AT_REST, None)


def resize(page: Page, size: tuple[int, int]) -> None:
    """Give the window another size and wait until the page has settled in it."""
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(AT_REST, size)


def measured(page: Page, finding: str, argument: Any = None) -> Any:
    """Return what the script `finding` sees on the page at rest."""
    settle(page)
    return page.evaluate(finding, argument)


def faults(page: Page, size: tuple[int, int] | None = None) -> tuple[list[str], int, list[str]]:
    """Return what is too small for a finger, how far the page hangs over, what has no name."""
    if size:
        resize(page, size)
    else:
        settle(page)
    return (
        page.evaluate(SMALL_TARGETS, FINGER_PIXELS),
        page.evaluate(OVERHANG),
        page.evaluate(UNNAMED),
    )
