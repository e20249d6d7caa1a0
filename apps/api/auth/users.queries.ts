import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { cursorAfter, LIMIT_DEFAULT, type Paging, readCursor } from '../../../projections/as-of/cursor.js';
import type { User, UserPage } from './auth.schemas.js';
import { Users } from './users.js';

export class ListUsers extends Query<UserPage> {
  constructor(readonly paging: Paging) {
    super();
  }
}

@QueryHandler(ListUsers)
export class ListUsersHandler implements IQueryHandler<ListUsers> {
  constructor(private readonly users: Users) {}

  async execute({ paging: { limit = LIMIT_DEFAULT, cursor } }: ListUsers): Promise<UserPage> {
    const [after = ''] = readCursor('users', cursor, 'text') ?? [];
    const data = await this.users.list(after, limit);
    const last = data.length < limit ? undefined : data.at(-1);
    return { data, next_cursor: last === undefined ? null : cursorAfter('users', [last.username]) };
  }
}

export class GetUser extends Query<User> {
  constructor(readonly username: string) {
    super();
  }
}

@QueryHandler(GetUser)
export class GetUserHandler implements IQueryHandler<GetUser> {
  constructor(private readonly users: Users) {}

  execute({ username }: GetUser): Promise<User> {
    return this.users.get(username);
  }
}
