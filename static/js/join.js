// With its last character a code is sent by itself; the page says so beforehand.

const LENGTH = 6;
const field = /** @type {HTMLInputElement} */ (document.getElementById("code"));
const plain = () => field.value.normalize("NFKC").replace(/[^\p{L}\p{N}]/gu, "");
let before = plain().length;

field.addEventListener("input", (event) => {
  const length = plain().length;
  const isWhole = length === LENGTH && before < LENGTH && !(/** @type {InputEvent} */ (event).isComposing);
  before = length;
  if (isWhole) field.form?.requestSubmit();
});
