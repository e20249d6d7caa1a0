import { Module } from '@nestjs/common';
import { AuthController } from './auth.controller.js';
import { UsersController } from './users.controller.js';
import { GetUserHandler, ListUsersHandler } from './users.queries.js';

@Module({ controllers: [AuthController, UsersController], providers: [ListUsersHandler, GetUserHandler] })
export class AuthModule {}
