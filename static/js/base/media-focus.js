// One at a time has the loudspeaker and the microphone: reading aloud or dictation, and neither for what is no longer seen.

let holder = null; // {place, end}

/** Ends what has it now; `end` is called when the element `place` has it no longer. */
export function claimMedia(place, end) {
  releaseMedia();
  holder = { place, end };
}

export function releaseMedia() {
  const last = holder;
  holder = null;
  last?.end();
}

export const holdsMedia = (place) => holder?.place === place;

/** To be called when the page has been drawn anew for another reason than a click. */
export function releaseUnseen() {
  if (holder && !holder.place.getClientRects().length) releaseMedia();
}

document.addEventListener("click", releaseUnseen);
document.addEventListener("close", releaseUnseen, true);
document.addEventListener("visibilitychange", () => document.hidden && releaseMedia());
addEventListener("pagehide", releaseMedia);
addEventListener("keydown", ({ key }) => key === "Escape" && releaseMedia());
