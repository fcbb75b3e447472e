// What is done on this page, told whenever it changes: the leader sees in the room who writes, who
// waits, and who looks elsewhere. Nothing of what is written goes along.

const PATH = "/api/devices/me/doing/";
const AGAIN_MS = 2000;

let told = "";
let present = "choosing";
let timer = 0;

/** Says what is done: writing, choosing, waiting or looking. */
export function setDoing(doing) {
  present = doing;
  plan();
}

function plan() {
  if (!timer) timer = setTimeout(tell, AGAIN_MS);
}

function tell() {
  clearTimeout(timer);
  timer = 0;
  const doing = document.hidden ? "hidden" : present;
  if (doing === told) return;
  told = doing;
  // Lost with the connection it is told with the next change; a page that is put away still sends it.
  fetch(PATH, {
    method: "POST", credentials: "same-origin", keepalive: true,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ doing }),
  }).catch(() => {
    told = "";
  });
}

document.addEventListener("visibilitychange", tell);
