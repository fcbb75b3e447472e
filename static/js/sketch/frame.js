// Runs one sketch in a frame that can reach nothing else. The page around sends the program and
// is told what becomes of it. What a sketch may do to this script it does to its own frame only.
(() => {
  const LOOP_MS = 2000;
  const FRAME_PIXELS = 1024;
  const LEAST_PIXELS = 16;
  const CALLED_BY_P5 = /^(preload|setup|draw|windowResized|(mouse|key|touch|device)[A-Z]\w*)$/;
  const host = window.parent;
  const page = location.origin;
  const sketch = /** @type {any} */ (window); // p5 and the sketch have their commands there
  // Opened by its address, outside of our page, it does nothing.
  if (host === window) return;
  const nonce = document.currentScript?.nonce;
  // From here on no program in this frame can learn or use the nonce, nor call other machines
  // by the one way that the page's policy does not cover.
  const giveNonce = /** @type {any} */ (Object.getOwnPropertyDescriptor(HTMLElement.prototype, "nonce")).set;
  for (const kind of [HTMLElement, SVGElement, window.MathMLElement]) delete kind?.prototype.nonce;
  for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"]) delete window[name];

  // p5 listens for a tablet's tilt, which no frame without an origin may hear.
  /** @type {any} */
  const listen = window.addEventListener;
  window.addEventListener = function (/** @type {any} */ kind, /** @type {any[]} */ ...rest) {
    if (kind !== "devicemotion" && kind !== "deviceorientation") listen.call(this ?? window, kind, ...rest);
  };

  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const nextFrame = window.requestAnimationFrame.bind(window);
  const now = performance.now.bind(performance);
  let began = false;
  let ended = false;
  let turnBegan = now();
  let turns = 0;

  const post = (message) => host.postMessage(message, page);

  function fail(error) {
    if (ended) return;
    ended = true;
    post({ kind: "error", ...error });
  }

  /** Where in the sketch: what p5 throws on its behalf counts too. */
  function lineOf(error, event) {
    if (error?.name === "EndlessLoop") return error.loopLine;
    const found = /sketch\.js:(\d+)/.exec(String(error?.stack || ""));
    if (found) return Number(found[1]);
    // What cannot be read as a program at all has no name yet, only its place.
    const isOurs = String(event.filename || "").endsWith("sketch.js") || error?.name === "SyntaxError";
    return isOurs ? event.lineno || 0 : 0;
  }

  function failBy(error, event) {
    const message = String(error?.message || event.message || "").replace(/^Failed to execute '\w+' on '\w+': /, "");
    const name = String(error?.name || /^(?:Uncaught )?(\w*Error)/.exec(message)?.[1] || "Error");
    fail({ name, message: message.slice(0, 300), line: lineOf(error, event) });
  }

  addEventListener("error", (event) => failBy(event.error, event));
  addEventListener("unhandledrejection", ({ reason }) => {
    fail({ name: String(reason?.name || "Error"), message: String(reason?.message || reason).slice(0, 300), line: lineOf(reason, {}) });
  });
  addEventListener("securitypolicyviolation", (event) => {
    fail({ name: "SecurityError", message: event.effectiveDirective, line: 0 });
  });

  Object.defineProperty(window, "loopMayGoOn", {
    value(line) {
      turns += 1;
      if (turns % 256 === 0 && now() - turnBegan > LOOP_MS) {
        throw Object.assign(new Error("a loop without an end"), { name: "EndlessLoop", loopLine: line });
      }
      return true;
    },
  });

  function watchTurns() {
    turnBegan = now();
    nextFrame(watchTurns);
  }

  function run(code) {
    const script = document.createElement("script");
    giveNonce.call(script, nonce);
    // From a page without an origin WebKit hides what went wrong, save in a program of this kind.
    script.src = `data:text/javascript;charset=utf-8,${encodeURIComponent(`${code}\n//# sourceURL=sketch.js`)}`;
    script.addEventListener("load", begin);
    turnBegan = now();
    document.body.append(script);
  }

  /** Hears what goes wrong in what p5 calls, before WebKit makes it unknown. */
  function listenIn() {
    for (const name of Object.keys(window).filter((key) => CALLED_BY_P5.test(key))) {
      const call = window[name];
      if (typeof call !== "function") continue;
      window[name] = function (...given) {
        try {
          return call.apply(this, given);
        } catch (error) {
          failBy(error, {});
          throw error;
        }
      };
    }
  }

  function begin() {
    if (ended) return;
    listenIn();
    if (typeof sketch.setup !== "function" && typeof sketch.draw !== "function") {
      fail({ name: "Empty", message: "", line: 0 });
      return;
    }
    watchTurns();
    new sketch.p5();
    if (ended) return;
    // The first picture is drawn by now. No waiting for the next: a frame out of sight has none.
    setTimeout(() => {
      if (ended) return;
      // Who wants no motion sees the first picture and may start it by hand.
      if (still) sketch.noLoop();
      const { width = 0, height = 0 } = document.querySelector("canvas") || {};
      post({ kind: "drawn", moving: sketch.isLooping(), width, height });
    }, 0);
  }

  function move(on) {
    if (on) sketch.loop();
    else sketch.noLoop();
    post({ kind: "moving", moving: on });
  }

  /** Sends the canvas as it is now, small enough for a list and a card. */
  function takeFrame() {
    const canvas = document.querySelector("canvas");
    if (!canvas || Math.min(canvas.width, canvas.height) < LEAST_PIXELS) return;
    const scale = Math.min(1, FRAME_PIXELS / Math.max(canvas.width, canvas.height));
    const copy = document.createElement("canvas");
    copy.width = Math.round(canvas.width * scale);
    copy.height = Math.round(canvas.height * scale);
    copy.getContext("2d")?.drawImage(canvas, 0, 0, copy.width, copy.height);
    copy.toBlob((png) => png && post({ kind: "frame", png }), "image/png");
  }

  addEventListener("message", (event) => {
    if (event.source !== host || event.origin !== page) return;
    const { kind, code } = event.data;
    if (kind === "run" && !began) {
      began = true;
      run(String(code));
    } else if (kind === "frame" && began && !ended) takeFrame();
    else if (kind === "move" && began && !ended) move(Boolean(event.data.on));
  });
  // Once the page is whole p5 looks for a sketch by itself; before that there must be none.
  if (document.readyState === "complete") post({ kind: "ready" });
  else listen.call(window, "load", () => post({ kind: "ready" }));
})();
