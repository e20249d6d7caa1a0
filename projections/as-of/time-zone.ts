/**
 * The name of a ledger's time zone for Postgres. New ledgers have names that Node and Postgres share (isTimeZone). Older ones may have an
 * offset, whose sign Postgres reads the other way round, or an abbreviation, which Postgres takes for a fixed offset.
 */
export function zoneForPostgres(time_zone: string): string {
  const offset = /^([+-])(\d\d)(?::?(\d\d))?$/.exec(time_zone);
  if (offset === null) return PLACES[time_zone.toUpperCase()] ?? time_zone;
  const [, sign, hours, minutes = '00'] = offset;
  return `<${sign}${hours}${minutes}>${sign === '+' ? '-' : '+'}${hours}:${minutes}`;
}

/** Places that keep the time that the abbreviation names, with summer time. */
const PLACES: Record<string, string | undefined> = {
  CET: 'Europe/Brussels',
  EET: 'Europe/Athens',
  MET: 'Europe/Brussels',
  WET: 'Europe/Lisbon',
};
