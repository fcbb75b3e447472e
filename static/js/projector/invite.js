// The code to come in by, which is drawn by lot: one of wide letters is set smaller, to stay whole.

/** @type {any} */
const code = document.querySelector(".invite-code");

function scaleToFit() {
  code.style.fontSize = "";
  const share = code.clientWidth / code.scrollWidth;
  if (share < 1) code.style.fontSize = `${share * parseFloat(getComputedStyle(code).fontSize)}px`;
}

// A frame later: what is observed may change its height by it.
new ResizeObserver(() => requestAnimationFrame(scaleToFit)).observe(code.closest(".invite"));
document.fonts.addEventListener("loadingdone", scaleToFit);
