import { Metadata, status } from '@grpc/grpc-js';
import type { Expected } from './append-decision.js';

export class Refusal extends Error {
  readonly details: string;
  constructor(
    readonly code: status,
    message: string,
    readonly metadata: Metadata = new Metadata(),
  ) {
    super(message);
    this.details = message;
  }
}

export function invalid(message: string): Refusal {
  return new Refusal(status.INVALID_ARGUMENT, message);
}

export class Malformed extends Refusal {
  constructor(message: string) {
    super(status.UNKNOWN, message);
  }
}

export function streamDeleted(stream: string): Refusal {
  return new Refusal(
    status.FAILED_PRECONDITION,
    `Event stream '${stream}' is deleted.`,
    trailers({ exception: 'stream-deleted', 'stream-name': stream }),
  );
}

export class AccessDenied extends Refusal {
  constructor(message: string) {
    super(status.PERMISSION_DENIED, message, trailers({ exception: 'access-denied' }));
  }
}

export class TooLarge extends Refusal {
  constructor(readonly size_max: number) {
    super(
      status.INVALID_ARGUMENT,
      `Maximum Append Size of ${size_max} Exceeded.`,
      trailers({ exception: 'maximum-append-size-exceeded', 'maximum-append-size': String(size_max) }),
    );
  }
}

/** Trailers number expectations as EventStoreDB does: −1 no stream, −2 any, −4 exists. */
export function wrongExpectedVersion(stream: string, expected: Expected, current: number): Refusal {
  const number = expectedNumber(expected);
  return new Refusal(
    status.FAILED_PRECONDITION,
    `Delete failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${number}, Actual version: ${current}`,
    trailers({
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': String(number),
      'actual-version': String(current),
    }),
  );
}

export function missingProperty(name: string): Refusal {
  return new Refusal(
    status.INVALID_ARGUMENT,
    `Required Metadata Property '${name}' is missing`,
    trailers({
      exception: 'missing-required-metadata-property',
      'required-metadata-properties': 'type,content-type',
    }),
  );
}

function expectedNumber(expected: Expected): bigint {
  if (typeof expected === 'bigint') return expected;
  return { no_stream: -1n, any: -2n, stream_exists: -4n }[expected];
}

function trailers(values: Record<string, string>): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(values)) metadata.set(key, printable(value).slice(0, 1_000));
  return metadata;
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
