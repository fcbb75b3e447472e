// Windows over the page, from which the browser's way back leads to the page and not off it.

/** Prepares a <dialog>: a tap beside it, Escape and the way back close it. */
export function prepareModal(dialog) {
  dialog.addEventListener("close", () => {
    if (history.state?.window === dialog.id) history.back();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  addEventListener("popstate", () => {
    history.scrollRestoration = "auto";
    if (dialog.open && history.state?.window !== dialog.id) dialog.close();
  });
  // Left open when the page was reloaded.
  if (history.state?.window === dialog.id) history.replaceState(null, "");
}

export function openModal(dialog) {
  history.scrollRestoration = "manual";
  history.pushState({ window: dialog.id }, "");
  dialog.showModal();
}
