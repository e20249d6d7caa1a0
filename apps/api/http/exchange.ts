import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { ApiRequest } from './request.js';

export interface Exchange {
  request: ApiRequest;
  reply: FastifyReply;
}
export const CurrentExchange = createParamDecorator((_: unknown, context: ExecutionContext): Exchange => {
  const http = context.switchToHttp();
  return { request: http.getRequest<ApiRequest>(), reply: http.getResponse<FastifyReply>() };
});
