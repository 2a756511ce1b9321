// What the page says: texts come with the page, in both languages.

/** @type {Record<string, Record<string, string>>} */
let texts = { en: {}, ja: {} };
let lang = "en";

/** @param {Record<string, Record<string, string>>} table */
export function setTexts(table) {
  texts = table;
}

/** @param {string} l */
export function setLang(l) {
  lang = l === "ja" ? "ja" : "en";
}

export const getLang = () => lang;

/** A text, with what stands in its braces. @param {string} key @param {...unknown} fill */
export function w(key, ...fill) {
  const text = texts[lang][key] ?? texts.en[key] ?? key;
  return keep(text).replace(/\{(\d)\}/g, (_, k) => String(fill[Number(k)]));
}

/** Whether there is a text. @param {string} key */
export const has = (key) => key in texts.en;

/** Japanese: a number stays with its counter. @param {string} s */
export function keep(s) {
  return lang === "ja" ? s.replace(/(\d|\}) (?=[\u3040-\u9fff])/g, "$1\u00a0") : s;
}
