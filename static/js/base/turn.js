// One voice at a time: reading aloud or listening, and neither for what is no longer seen.

let now = null; // {place, end}

/** Ends whoever has the voice; `end` is called when the turn at the element `place` is over. */
export function takeTurn(place, end) {
  endTurn();
  now = { place, end };
}

export function endTurn() {
  const last = now;
  now = null;
  last?.end();
}

export const hasTurn = (place) => now?.place === place;

/** To be called when the page has been drawn anew for another reason than a click. */
export function endUnseen() {
  if (now && !now.place.getClientRects().length) endTurn();
}

document.addEventListener("click", endUnseen);
document.addEventListener("close", endUnseen, true);
document.addEventListener("visibilitychange", () => document.hidden && endTurn());
addEventListener("pagehide", endTurn);
addEventListener("keydown", ({ key }) => key === "Escape" && endTurn());
