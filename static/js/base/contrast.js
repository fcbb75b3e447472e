// The catalog gives each rule and machine a colour; here it becomes a tint with letters that can be read on it.

const HEX = /^#[0-9a-f]{6}$/i;
const LIGHT = "#ffffff";
const DARK = "#000000"; // with white one of the two always reaches 4.5 : 1

function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

/** Prints `element` and what lies in it in `color`; without one it is plain ink again. */
export function applyTint(element, color) {
  if (!HEX.test(color || "")) {
    element.style.removeProperty("--tint");
    element.style.removeProperty("--on-tint");
    return;
  }
  const on = contrast(color, LIGHT) >= 4.5 ? LIGHT : DARK;
  element.style.setProperty("--tint", color);
  element.style.setProperty("--on-tint", on);
}
