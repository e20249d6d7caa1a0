import { Module } from '@nestjs/common';
import { ApiKeysController } from './api-keys.controller.js';
import { AuthController } from './auth.controller.js';
import { FactorsController } from './factors.controller.js';
import { SessionsController } from './sessions.controller.js';
import { UsersController } from './users.controller.js';
import { GetUserHandler, ListUsersHandler } from './users.queries.js';

@Module({
  controllers: [AuthController, FactorsController, SessionsController, UsersController, ApiKeysController],
  providers: [ListUsersHandler, GetUserHandler],
})
export class AuthModule {}
