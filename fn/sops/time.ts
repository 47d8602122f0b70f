const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/;

/**
 * RFC 3339 as Go reads and writes it: up to nine digits of fraction without trailing zeros, a zero offset as `Z`, any
 * other offset as given. `null` if the text is no such time.
 *
 * @param fraction whether to keep the fraction of a second; SOPS drops it where `lastmodified` authenticates the MAC.
 */
export function normalTime(text: string, fraction: "keep" | "drop" = "keep"): string | null {
  const match = RFC3339.exec(text);
  if (match === null) return null;
  const [, year = "", month = "", day = "", hour = "", minute = "", second = "", digits = "", offset = ""] = match;
  const inRange =
    isDate(Number(year), Number(month), Number(day)) &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60 &&
    (offset === "Z" || (Number(offset.slice(1, 3)) <= 24 && Number(offset.slice(4)) < 60));
  if (!inRange) return null;
  const kept = fraction === "keep" ? digits.slice(0, 9).replace(/0+$/, "") : "";
  const zone = /^[+-]00:00$/.test(offset) ? "Z" : offset;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${kept === "" ? "" : `.${kept}`}${zone}`;
}

/** Whether the day exists in the Gregorian calendar. */
export function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day <= (days[month - 1] ?? 0);
}
