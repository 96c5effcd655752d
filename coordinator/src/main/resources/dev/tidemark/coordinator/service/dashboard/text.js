// Numbers and times as people read them. Nothing here touches the page.

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Whole number with separators; what is too long for a number of the language comes as text, digit by digit. */
export function count(value) {
  return BigInt(value).toLocaleString();
}

/** Timestamps are names more than amounts: digits only, so that they can be compared and copied. */
export function timestamp(value) {
  return String(value);
}

export function plural(number, noun) {
  return `${count(number)} ${noun}${Number(number) === 1 ? '' : 's'}`;
}

export function bytes(value) {
  let amount = Number(value);
  let unit = 0;
  while (amount >= 1024 && unit < UNITS.length - 1) {
    amount /= 1024;
    unit++;
  }
  const digits = unit === 0 || amount >= 100 ? 0 : amount >= 10 ? 1 : 2;
  return `${amount.toLocaleString(undefined, {maximumFractionDigits: digits})} ${UNITS[unit]}`;
}

/** At most two units: what is below the second one is left out. */
export function duration(millis) {
  if (millis < 1000) {
    return `${Math.max(0, Math.round(millis))} ms`;
  }
  let seconds = Math.round(millis / 1000);
  const parts = [];
  for (const [size, unit] of [[DAY, 'd'], [HOUR, 'h'], [MINUTE, 'min'], [1, 's']]) {
    if (seconds >= size || parts.length > 0) {
      const whole = Math.floor(seconds / size);
      seconds -= whole * size;
      parts.push(whole > 0 ? `${whole} ${unit}` : '');
    }
  }
  return parts.slice(0, 2).filter(part => part !== '').join(' ');
}

/** How long ago, or in how long. */
export function distance(instant, now) {
  const millis = now - Date.parse(instant);
  if (Math.abs(millis) < 1000) {
    return 'just now';
  }
  return millis >= 0 ? `${duration(millis)} ago` : `in ${duration(-millis)}`;
}

/** In the zone of who looks. */
export function local(instant) {
  return new Date(instant).toLocaleString(undefined, {dateStyle: 'medium', timeStyle: 'medium'});
}

export function utc(instant) {
  return `${new Date(instant).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Words of the API (AT_RISK, at-risk, CLAIMED) as words of a sentence. */
export function words(name) {
  return String(name).toLowerCase().replace(/[_-]/g, ' ');
}

/** Ids end in what distinguishes them; the middle can be left out where they are only links. */
export function shortId(id) {
  return id.length <= 30 ? id : `${id.slice(0, 22)}…${id.slice(-6)}`;
}
