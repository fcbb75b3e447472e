// The frame in which a sketch runs. It has no origin of its own and reaches nothing; this page
// sends it the program and hears how it goes. Taking the frame away ends whatever runs in it.

import { withLoopGuards } from "./loop-guard.js";

const ADDRESS = "/sketch/";
// So long a frame may keep silent: after it was made, and after it was asked something.
const START_MS = 15000;
const ANSWER_MS = 2500;
const MOST_FRAME_BYTES = 4000000;

/** A viewer in `box` that calls `onMessage` {kind: drawn | moving | error | silent | frame, …} of its sketch. */
export function sketchViewer(box, onMessage) {
  let frame = null;
  let program = "";
  let timer = 0;
  let isFrameAsked = false;

  /** Whatever the sketch calls a frame is a file like any other; the server looks what it is. */
  function takeFrame(png) {
    isFrameAsked = false;
    if (png instanceof Blob && png.size && png.size <= MOST_FRAME_BYTES) onMessage({ kind: "frame", png });
  }

  function expect(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(() => {
      clear();
      onMessage({ kind: "silent" });
    }, milliseconds);
  }

  function receive(event) {
    // A frame without an origin is known by its window; "null" is what it has for a name.
    if (!frame || event.source !== frame.contentWindow || event.origin !== "null") return;
    if (!box.isConnected) return clear();
    const { kind } = event.data || {};
    if (kind === "ready") return send({ kind: "run", code: withLoopGuards(program) });
    if (kind === "frame") return isFrameAsked && takeFrame(event.data.png);
    if (!["drawn", "moving", "error"].includes(kind)) return;
    clearTimeout(timer);
    onMessage(event.data);
  }

  // Whoever is in the frame may hear it: it has no origin that could be named.
  const send = (message) => frame.contentWindow.postMessage(message, "*");

  function clear() {
    clearTimeout(timer);
    removeEventListener("message", receive);
    frame?.remove();
    frame = null;
  }

  return {
    run(code, title) {
      clear();
      isFrameAsked = false;
      program = code;
      frame = document.createElement("iframe");
      frame.sandbox = "allow-scripts";
      frame.title = title;
      frame.src = ADDRESS;
      addEventListener("message", receive);
      expect(START_MS);
      box.replaceChildren(frame);
    },
    /** Asks the sketch to move or to stand still; one that does not answer is ended. */
    move(on) {
      if (!frame) return;
      send({ kind: "move", on });
      expect(ANSWER_MS);
    },
    /** Asks the sketch for a picture of itself as it is now; it comes as a message of the kind frame. */
    askFrame() {
      if (!frame) return;
      isFrameAsked = true;
      send({ kind: "frame" });
    },
    clear,
    get isOpen() {
      return frame !== null;
    },
  };
}
