import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { LIMIT_DEFAULT, type Paging, pageBetween, readCursor } from '../../../projections/as-of/cursor.js';
import type { User, UserPage } from './auth.schemas.js';
import { type UserFilter, type UserOrder, Users } from './users.js';

export class ListUsers extends Query<UserPage> {
  constructor(
    readonly filter: UserFilter,
    readonly paging: Paging & { sort?: { by: UserOrder; descending: boolean } },
  ) {
    super();
  }
}

const BY_USERNAME = { by: 'username', descending: false } as const;

@QueryHandler(ListUsers)
export class ListUsersHandler implements IQueryHandler<ListUsers> {
  constructor(private readonly users: Users) {}

  async execute({ filter, paging }: ListUsers): Promise<UserPage> {
    const { limit = LIMIT_DEFAULT, cursor, sort = BY_USERNAME } = paging;
    const list = JSON.stringify(['users', filter, sort]);
    const types = sort.by === 'username' ? (['text'] as const) : (['timestamptz', 'text'] as const);
    const [back = 0, ...after] = readCursor(list, cursor, 'whole', ...types) ?? [];
    const rows = await this.users.list(filter, {
      by: sort.by,
      descending: sort.descending !== (back === 1),
      after: cursor === undefined ? undefined : (after as string[]),
      limit: limit + 1,
    });
    const keyOf = ({ username, created_at }: User) =>
      sort.by === 'username' ? [username] : [created_at.replace('T', ' ').replace('Z', '+00'), username];
    const { position: _, ...page } = pageBetween(
      rows,
      { limit, position: 0, list, after: cursor !== undefined, back: back === 1 },
      (user, towards_begin) => [towards_begin ? 1 : 0, ...keyOf(user)],
      (user) => user,
    );
    return page;
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
