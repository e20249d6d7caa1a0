import type { ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';

type Outlet = ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>;

/** Resolves when the client has taken what was written, or is gone. */
export function drained(call: Outlet): Promise<void> {
  if (call.cancelled || !call.writableNeedDrain) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      call.off('drain', done);
      call.off('cancelled', done);
      call.off('close', done);
      resolve();
    };
    call.once('drain', done);
    call.once('cancelled', done);
    call.once('close', done);
  });
}
