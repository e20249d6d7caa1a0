/**
 * The name of a ledger's time zone for Postgres. New ledgers have names that Node and Postgres share (isTimeZone); older ones may have one
 * that only Node reads as meant: an offset, whose sign Postgres reads the other way round, or an abbreviation, which it takes for an offset.
 */
export function zoneForPostgres(time_zone: string): string {
  const offset = /^([+-])(\d\d)(?::?(\d\d))?$/.exec(time_zone);
  if (offset === null) return PLACES[time_zone.toUpperCase()] ?? time_zone;
  const [, sign, hours, minutes = '00'] = offset;
  return `<${sign}${hours}${minutes}>${sign === '+' ? '-' : '+'}${hours}:${minutes}`;
}

/** Where the clocks go as the abbreviation says, summer time included. */
const PLACES: Record<string, string | undefined> = {
  CET: 'Europe/Brussels',
  EET: 'Europe/Athens',
  MET: 'Europe/Brussels',
  WET: 'Europe/Lisbon',
};
