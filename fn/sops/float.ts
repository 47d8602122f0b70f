/** How SOPS writes an IEEE double: its own form for cipher and MAC, and one for each output format. */

interface Digits {
  readonly sign: string;
  /** Shortest digits that round-trip, without point or trailing zeros. */
  readonly digits: string;
  /** Decimal exponent of the first digit. */
  readonly exponent: number;
}

function shortestDigits(value: number): Digits {
  const [mantissa = "0", exponent = "0"] = Math.abs(value).toExponential().split("e");
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  return { sign, digits: mantissa.replace(".", ""), exponent: Number(exponent) };
}

function positional({ sign, digits, exponent }: Digits): string {
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const fraction = digits.slice(exponent + 1);
  return sign + whole + (fraction === "" ? "" : `.${fraction}`);
}

/** `100000`, `0.0000001`, `1000000000000000000000`: never an exponent. Plaintext of the cipher and bytes of the MAC. */
export function floatPlaintext(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return positional(shortestDigits(value));
}

/** YAML: exponent form below 1e-4 and from 1e6 on, as Go's `%g` does with shortest digits. */
export function floatYaml(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  const parts = shortestDigits(value);
  const { sign, digits, exponent } = parts;
  if (exponent >= -4 && exponent < 6) return positional(parts);
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
  const size = Math.abs(exponent).toString().padStart(2, "0");
  return `${sign}${mantissa}e${exponent < 0 ? "-" : "+"}${size}`;
}

/** Dotenv and INI: as YAML, but with a capital `E`, and a whole number keeps one decimal, `1.0`. */
export function floatText(value: number): string {
  if (!Number.isFinite(value)) return floatPlaintext(value);
  const text = floatYaml(value).toUpperCase();
  return /[.E]/.test(text) ? text : `${text}.0`;
}

/** JSON: as ECMAScript writes numbers, but −0 keeps its sign. */
export function floatJson(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

const SPECIAL = /^([+-]?)(?:(inf|infinity)|(nan))$/i;
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const HEX = /^([+-]?)0x([0-9a-f]*)(?:\.([0-9a-f]*))?p([+-]?\d+)$/i;

/** What Go's `strconv.ParseFloat` takes; `null` for anything else, also for numbers beyond the double range. */
export function parseGoFloat(text: string): number | null {
  const special = SPECIAL.exec(text);
  if (special !== null) {
    if (special[3] !== undefined) return special[1] === "" ? Number.NaN : null;
    return special[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  // Go takes underscores between digits, as in its own source code.
  const decimal = text.replace(/(?<=\d)_(?=\d)/g, "");
  if (DECIMAL.test(decimal)) {
    const value = Number(decimal);
    return Number.isFinite(value) ? value : null;
  }
  const hex = HEX.exec(text);
  if (hex === null) return null;
  const [, sign, whole = "", fraction = "", power = "0"] = hex;
  if (whole + fraction === "") return null;
  const value = Number(`0x${whole}${fraction}`) * 2 ** (Number(power) - 4 * fraction.length);
  return Number.isFinite(value) ? (sign === "-" ? -value : value) : null;
}
