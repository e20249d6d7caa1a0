import type { ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';

type Outlet = ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>;

export function isOpen(call: Outlet): boolean {
  return !call.cancelled && !call.destroyed && !call.writableEnded;
}

export function drained(call: Outlet): Promise<void> {
  if (!isOpen(call) || !call.writableNeedDrain) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      call.off('drain', done);
      call.off('close', done);
      resolve();
    };
    call.once('drain', done);
    call.once('close', done);
  });
}
