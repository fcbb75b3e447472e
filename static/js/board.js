// Renews the board every five seconds while somebody looks at it.

const INTERVAL_MS = 5000;
const board = document.getElementById("board");
const trouble = document.getElementById("board-trouble");
let shown = "";
let timer = 0;
let pressed = false;

// A finger on a button must find the same button when it lifts.
board.addEventListener("pointerdown", () => { pressed = true; });
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => { pressed = false; });
}

function show(html) {
  const hasFocus = board.contains(document.activeElement);
  if (html === shown || pressed || hasFocus) return;
  board.innerHTML = html;
  shown = html;
}

async function renew() {
  try {
    const response = await fetch(board.dataset.url, { cache: "no-store" });
    // Signed out meanwhile: the page itself leads to the login.
    if (response.redirected) return location.reload();
    if (!response.ok) throw new Error(response.statusText);
    show(await response.text());
    trouble.hidden = true;
  } catch {
    trouble.hidden = false;
  }
  plan();
}

function plan() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(renew, INTERVAL_MS);
}

document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : renew()));
plan();
