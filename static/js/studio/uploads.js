// A picture of the participant's own on its way to a machine: chosen, sent, shown, taken back.

import { postFile, Trouble } from "../base/api.js";
import { setText } from "../base/dom.js";
import { deviceId } from "../base/store.js";
import { word } from "../base/words.js";

/** Wires one field of the values; returns a function that shows the picture that is kept. */
export function uploadField(item, id, keep) {
  const input = item.querySelector("input");
  const label = item.querySelector("label");
  const image = item.querySelector("img");
  const said = item.querySelector(".value-said");
  const remove = item.querySelector("button");
  input.id = id;
  label.htmlFor = id;

  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    item.setAttribute("aria-busy", "true");
    setText(said, word("upload_sending"));
    try {
      const sent = await postFile("/api/media/upload/image", file, { device_id: deviceId });
      setText(said, word("upload_there"));
      keep({ id: sent.image_id, url: sent.preview_url });
    } catch (trouble) {
      if (!(trouble instanceof Trouble)) throw trouble;
      setText(said, trouble.sentence);
    } finally {
      item.removeAttribute("aria-busy");
      // The same file may be chosen once more.
      input.value = "";
    }
  });
  remove.addEventListener("click", () => {
    setText(said, "");
    keep(null);
    input.focus();
  });

  return (picture) => {
    image.hidden = remove.hidden = !picture;
    setText(label.querySelector("span"), word(picture ? "upload_other" : "upload_choose"));
    if (picture && image.getAttribute("src") !== picture.url) image.src = picture.url;
  };
}
