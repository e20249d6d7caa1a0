import type { FastifyInstance, RouteOptions } from 'fastify';
import type { Role } from '../../../libs/ledger/commands.js';
import { isPermitted, type PermitName } from './permit.js';

const PUBLIC_BODY_BYTES_MAX = 16 * 1024;

export class RoutePermissions {
  private readonly by_route = new Map<string, PermitName>();
  private readonly by_command = new Map<object, PermitName>();

  /** Call before any route is registered; a route without @Permit then throws. */
  collectFrom(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', (route) => this.add(route));
  }

  permitOf(route: string): PermitName | undefined {
    return this.by_route.get(route);
  }

  mayExecute(role: Role, command: object): boolean {
    const group = this.by_command.get(command);
    return group !== undefined && isPermitted(role, group);
  }

  routes(): ReadonlyMap<string, PermitName> {
    return this.by_route;
  }

  private add(route: RouteOptions): void {
    const { method, url, config } = route;
    for (const verb of [method].flat()) {
      const permit = config?.permit;
      if (permit === undefined) throw new Error(`The route ${verb} ${url} has no @Permit (apps/api/auth/permit.ts).`);
      if (permit === 'public') route.bodyLimit = PUBLIC_BODY_BYTES_MAX;
      this.by_route.set(`${verb} ${url}`, permit);
      if (config?.command !== undefined) this.addCommand(config.command, permit);
    }
  }

  private addCommand(command: object, permit: PermitName): void {
    const before = this.by_command.get(command) ?? permit;
    if (before !== permit) throw new Error(`Two routes of one command permit ${before} and ${permit}.`);
    this.by_command.set(command, permit);
  }
}
