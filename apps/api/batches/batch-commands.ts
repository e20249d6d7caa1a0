import 'reflect-metadata';
import type { CommandClass } from '../commands/ledger-command.js';
import { FEATURES } from '../features.js';

// biome-ignore lint/suspicious/noExplicitAny: of any kind of command
type AnyCommand = CommandClass<any>;

/** Where @CommandHandler keeps the class of the command. @nestjs/cqrs does not export the name. */
const COMMAND_OF_HANDLER = '__commandHandler__';

function providersOf(feature: object): object[] {
  return Reflect.getMetadata('providers', feature) ?? [];
}
function commandOf(handler: object): AnyCommand | undefined {
  return Reflect.getMetadata(COMMAND_OF_HANDLER, handler);
}

export const BATCH_COMMANDS: ReadonlyMap<string, AnyCommand> = new Map(
  FEATURES.flatMap(providersOf).flatMap((handler): [string, AnyCommand][] => {
    const command = commandOf(handler);
    return command?.spec?.batch_type === undefined ? [] : [[command.spec.batch_type, command]];
  }),
);
