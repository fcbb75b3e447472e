// Which of our two languages a text is in, by small words that only one of them has.

import { language } from "./strings.js";

const SMALL_WORDS = {
  de: "aber als auch auf aus bei das dem den der des die ein eine einem einen einer es für ich im ist kein mit nicht noch oder sein sich sie sind und vom von vor wie wird zu zum zur über",
  en: "a and are as at be by for from have he his into is it its my no not of or she that the their them they this to were where which with you your",
};
const sets = Object.entries(SMALL_WORDS).map(([code, words]) => ({ code, small: new Set(words.split(" ")) }));

/** "de" or "en"; where the text does not show it, the language of the page. */
export function languageOf(text) {
  const words = text.toLowerCase().match(/\p{L}+/gu) || [];
  const counts = sets.map(({ code, small }) => ({ code, count: words.filter((word) => small.has(word)).length }));
  const [most, fewer] = counts.sort((one, other) => other.count - one.count);
  return most.count > fewer.count ? most.code : language;
}
