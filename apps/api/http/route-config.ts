import { RouteConfig } from '@nestjs/platform-fastify';

const configs = new WeakMap<object, object>();

/** Unlike @RouteConfig, several on one route add up. */
export function AddRouteConfig(config: object): MethodDecorator {
  return (target, key, descriptor: PropertyDescriptor) => {
    const all = { ...configs.get(descriptor.value), ...config };
    configs.set(descriptor.value, all);
    RouteConfig(all)(target, key, descriptor);
  };
}
