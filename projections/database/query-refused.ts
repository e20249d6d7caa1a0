export class QueryRefused extends Error {
  override readonly name = 'QueryRefused';
  constructor(
    readonly code: 'unknown_ledger' | 'invalid_cursor' | 'read_models_missing' | 'list_too_broad' | 'only_at_present',
    readonly details: Record<string, unknown> = {},
  ) {
    super(code);
  }
}
