// A picture of the participant's own on its way to a machine: chosen, sent, shown, taken back.

import { postFile } from "../base/api.js";
import { setText } from "../base/dom.js";
import { expectApiError } from "../base/errors.js";
import { deviceId } from "../base/store.js";
import { t } from "../base/strings.js";

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
    setText(said, t("upload_sending"));
    try {
      const sent = await postFile("/api/media/upload/image", file, { device_id: deviceId });
      setText(said, t("upload_there"));
      keep({ id: sent.image_id, url: sent.preview_url });
    } catch (error) {
      expectApiError(error);
      setText(said, error.message);
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
    setText(label.querySelector("span"), t(picture ? "upload_other" : "upload_choose"));
    if (picture && image.getAttribute("src") !== picture.url) image.src = picture.url;
  };
}
