/** Older ledgers may have an offset, whose sign Postgres reverses, or an abbreviation, a fixed offset to it. */
export function zoneForPostgres(time_zone: string): string {
  const offset = /^([+-])(\d\d)(?::?(\d\d))?$/.exec(time_zone);
  if (offset === null) return PLACES[time_zone.toUpperCase()] ?? time_zone;
  const [, sign, hours, minutes = '00'] = offset;
  return `<${sign}${hours}${minutes}>${sign === '+' ? '-' : '+'}${hours}:${minutes}`;
}

const PLACES: Record<string, string | undefined> = {
  CET: 'Europe/Brussels',
  EET: 'Europe/Athens',
  MET: 'Europe/Brussels',
  WET: 'Europe/Lisbon',
};
