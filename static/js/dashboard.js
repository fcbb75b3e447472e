// Renews the dashboard every five seconds while somebody looks at it.

const INTERVAL_MS = 5000;
/** @type {any} */
const dashboard = document.getElementById("dashboard");
/** @type {any} */
const lost = document.getElementById("dashboard-lost");
let shown = "";
let timer = 0;
let pressed = false;

// A finger on a button must find the same button when it lifts.
dashboard.addEventListener("pointerdown", () => { pressed = true; });
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => { pressed = false; });
}

function show(html) {
  const hasFocus = dashboard.contains(document.activeElement);
  if (html === shown || pressed || hasFocus) return;
  dashboard.innerHTML = html;
  shown = html;
}

async function renew() {
  try {
    const response = await fetch(dashboard.dataset.url, { cache: "no-store" });
    // Signed out meanwhile: the page itself leads to the login.
    if (response.redirected) return location.reload();
    if (!response.ok) throw new Error(response.statusText);
    show(await response.text());
    lost.hidden = true;
  } catch {
    lost.hidden = false;
  }
  plan();
}

function plan() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(renew, INTERVAL_MS);
}

document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : renew()));
plan();
