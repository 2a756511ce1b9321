// Numbers as a reader sees them: a real minus sign, four figures, one column of points.

/** @param {string} s */
const minus = (s) =>
  s.replace("-", "−").replace(/e([−-]?)\+?(\d+)/, (_, sign, d) => `e${sign ? "−" : ""}${d}`);

/** A number alone, to so many significant figures. @param {number} x @param {number} [figures] */
export function show(x, figures = 4) {
  if (Number.isNaN(x)) return "NaN";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size >= 1e6 || size < 1e-4) return minus(x.toExponential(figures - 2));
  if (Number.isInteger(x)) return minus(String(x));
  if (size >= 10 ** figures) return minus(x.toFixed(0));
  const text = x.toPrecision(figures);
  return minus(Number(text) === x ? String(Number(text)) : text);
}

/** One format for a whole grid, so that its columns align. @param {ArrayLike<number>} given */
export function column(given) {
  const xs = Array.from(given);
  if (!xs.every(Number.isFinite)) return (/** @type {number} */ x) => show(x, 3);
  let size = 0;
  let places = 0;
  for (const x of xs) {
    size = Math.max(size, Math.abs(x));
    const s = String(Math.abs(x));
    places = Math.max(places, s.includes("e") ? 9 : (s.split(".")[1] ?? "").length);
  }
  if (size > 0 && (size < 5e-4 || size >= 1e5)) {
    return (/** @type {number} */ x) => (x === 0 ? "0" : minus(x.toExponential(1)));
  }
  const lead = size >= 1 ? Math.floor(Math.log10(size)) + 1 : size < 0.05 ? -1 : 0;
  const most = (size < 0.05 ? 4 : 3) - Math.max(0, lead - 1);
  const digits = Math.max(0, Math.min(places, most));
  return (/** @type {number} */ x) => {
    const text = minus(x.toFixed(digits));
    return Number(x.toFixed(digits)) === 0 && text.startsWith("−") ? text.slice(1) : text;
  };
}

/** A factor in a product: negative numbers stand in brackets.
 * @param {number} x @param {number} [figures] */
export const inProduct = (x, figures = 4) => (x < 0 ? `(${show(x, figures)})` : show(x, figures));

/** All digits that the stored type has. @param {number} x @param {string} dtype */
export function exact(x, dtype) {
  if (!Number.isFinite(x)) return show(x);
  return minus(String(dtype === "f32" ? Number(x.toPrecision(8)) : x));
}

/** A whole number with its thousands apart. @param {number} x */
export const count = (x) => x.toLocaleString("en");
