// Puts a question into each loop of a sketch, so that one without an end is ended: browsers that
// run a frame in the page's own process (Safari on tablets) would stand still with it.

const PIECES =
  /\/\/[^\n]*|\/\*[^]*?\*\/|"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'|`(?:[^`\\]|\\[^])*`|[\p{L}\p{N}_$]+|\s+|[^]/gu;
const OPENING = new Set(["(", "[", "{"]);
const CLOSING = new Set([")", "]", "}"]);
const REGEX = /^\/(?![*/])(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/;
const BEFORE_REGEX = /(?:^|[(,=:[!&|?{};+\-*%~^<>]|\breturn|\btypeof)$/;

function piecesOf(code) {
  const pieces = [];
  let last = "";
  for (PIECES.lastIndex = 0; PIECES.lastIndex < code.length; ) {
    const start = PIECES.lastIndex;
    let piece = /** @type {RegExpExecArray} */ (PIECES.exec(code))[0];
    if (piece === "/" && BEFORE_REGEX.test(last)) piece = REGEX.exec(code.slice(start))?.[0] ?? piece;
    PIECES.lastIndex = start + piece.length;
    pieces.push(piece);
    if (piece.trim() && !piece.startsWith("//") && !piece.startsWith("/*")) last = piece;
  }
  return pieces;
}

/** The same program, line by line, that asks `loopMayGoOn(line)` at each turn of a loop. */
export function withLoopGuards(code) {
  const pieces = piecesOf(code);
  let line = 1;
  let before = "";
  for (const [at, piece] of pieces.entries()) {
    const isLoop = (piece === "while" || piece === "for") && before !== ".";
    if (isLoop) ask(pieces, at, `loopMayGoOn(${line})`);
    line += piece.split("\n").length - 1;
    if (piece.trim()) before = piece;
  }
  return pieces.join("");
}

function ask(pieces, at, question) {
  let opening = at + 1;
  while (opening < pieces.length && !pieces[opening].trim()) opening += 1;
  if (pieces[opening] !== "(") return;
  const semicolons = [];
  let depth = 0;
  let closing = opening;
  for (; closing < pieces.length; closing += 1) {
    if (OPENING.has(pieces[closing])) depth += 1;
    if (CLOSING.has(pieces[closing])) depth -= 1;
    if (depth === 0) break;
    if (depth === 1 && pieces[closing] === ";") semicolons.push(closing);
  }
  if (closing === pieces.length) return;
  if (pieces[at] === "while") return put(pieces, opening, closing, question);
  // `for (… of …)` ends with what it goes through.
  if (semicolons.length === 2) put(pieces, ...semicolons, question);
}

function put(pieces, from, to, question) {
  const isEmpty = !pieces.slice(from + 1, to).join("").trim();
  pieces[from] += isEmpty ? question : `${question} && (`;
  if (!isEmpty) pieces[to] = `)${pieces[to]}`;
}
