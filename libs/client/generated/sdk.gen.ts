// Made by `npm run client`.

import { client } from './client.gen.js';
import { type Client, type ClientMeta, type Options as Options2, type RequestResult, type ServerSentEventsResult, type TDataShape, urlSearchParamsBodySerializer } from './client/index.js';
import type { ApproveData, ApproveErrors, ApproveResponses, BeginPasskeyData, BeginPasskeyErrors, BeginPasskeyResponses, BeginSingleSignOnData, BeginSingleSignOnErrors, BeginSingleSignOnResponses, BeginTotpData, BeginTotpErrors, BeginTotpResponses, CancelOrderData, CancelOrderErrors, CancelOrderResponses, ChallengePasskeyData, ChallengePasskeyErrors, ChallengePasskeyResponses, ChangeAccountData, ChangeAccountErrors, ChangeAccountResponses, ChangeApprovalThresholdData, ChangeApprovalThresholdErrors, ChangeApprovalThresholdResponses, ChangeCustomerData, ChangeCustomerErrors, ChangeCustomerResponses, ChangeItemData, ChangeItemErrors, ChangeItemResponses, ChangeLocationData, ChangeLocationErrors, ChangeLocationResponses, ChangePasswordData, ChangePasswordErrors, ChangePasswordResponses, ChangeQueueData, ChangeQueueErrors, ChangeQueueResponses, ChangeSupplierData, ChangeSupplierErrors, ChangeSupplierResponses, ChangeUserData, ChangeUserErrors, ChangeUserResponses, ChangeWebhookData, ChangeWebhookErrors, ChangeWebhookResponses, CheckOutReservationData, CheckOutReservationErrors, CheckOutReservationResponses, CloseFlashSaleData, CloseFlashSaleErrors, CloseFlashSaleResponses, ClosePeriodData, ClosePeriodErrors, ClosePeriodResponses, ConfirmPasskeyData, ConfirmPasskeyErrors, ConfirmPasskeyResponses, ConfirmTotpData, ConfirmTotpErrors, ConfirmTotpResponses, CreateApiKeyData, CreateApiKeyErrors, CreateApiKeyResponses, CreateUserData, CreateUserErrors, CreateUserResponses, CreateWebhookData, CreateWebhookErrors, CreateWebhookResponses, EndOtherSessionsData, EndOtherSessionsErrors, EndOtherSessionsResponses, EndSessionData, EndSessionErrors, EndSessionOfUserData, EndSessionOfUserErrors, EndSessionOfUserResponses, EndSessionResponses, EndSessionsOfUserData, EndSessionsOfUserErrors, EndSessionsOfUserResponses, EndSignOnData, EndSignOnErrors, EndSignOnResponses, ExplainStockData, ExplainStockErrors, ExplainStockResponses, ExportLedgerData, ExportLedgerErrors, ExportLedgerResponses, FinishSingleSignOnData, FinishSingleSignOnErrors, FinishSingleSignOnResponses, FlashBuyData, FlashBuyErrors, FlashBuyResponses, GetAccountData, GetAccountErrors, GetAccountResponses, GetAgingData, GetAgingErrors, GetAgingResponses, GetApprovalData, GetApprovalErrors, GetApprovalResponses, GetBlowData, GetBlowErrors, GetBlowResponses, GetChainHeadData, GetChainHeadErrors, GetChainHeadResponses, GetCustomerData, GetCustomerErrors, GetCustomerResponses, GetCustomerSalesData, GetCustomerSalesErrors, GetCustomerSalesResponses, GetDashboardData, GetDashboardErrors, GetDashboardResponses, GetDrawData, GetDrawErrors, GetDrawResponses, GetFlashSaleData, GetFlashSaleErrors, GetFlashSaleResponses, GetHistoryData, GetHistoryErrors, GetHistoryResponses, GetItemData, GetItemErrors, GetItemResponses, GetJournalEntryData, GetJournalEntryErrors, GetJournalEntryResponses, GetLateCostData, GetLateCostErrors, GetLateCostResponses, GetLocationData, GetLocationErrors, GetLocationResponses, GetMetricsData, GetMetricsErrors, GetMetricsResponses, GetOrderData, GetOrderErrors, GetOrderResponses, GetPaymentData, GetPaymentErrors, GetPaymentResponses, GetProfitLossData, GetProfitLossErrors, GetProfitLossResponses, GetProjectionsData, GetProjectionsErrors, GetProjectionsResponses, GetPurchaseData, GetPurchaseErrors, GetPurchaseResponses, GetQueueData, GetQueueErrors, GetQueueResponses, GetQueueTicketData, GetQueueTicketErrors, GetQueueTicketResponses, GetReservationData, GetReservationErrors, GetReservationResponses, GetRestatementData, GetRestatementErrors, GetRestatementResponses, GetReturnData, GetReturnErrors, GetReturnResponses, GetSaleData, GetSaleErrors, GetSaleResponses, GetStateData, GetStateErrors, GetStateResponses, GetStockCountData, GetStockCountErrors, GetStockCountResponses, GetStockData, GetStockErrors, GetStockMovementData, GetStockMovementErrors, GetStockMovementResponses, GetStockResponses, GetStockTransferData, GetStockTransferErrors, GetStockTransferResponses, GetStockValuationData, GetStockValuationErrors, GetStockValuationResponses, GetSupplierCostsData, GetSupplierCostsErrors, GetSupplierCostsResponses, GetSupplierData, GetSupplierErrors, GetSupplierResponses, GetTransferData, GetTransferErrors, GetTransferResponses, GetTrendsData, GetTrendsErrors, GetTrendsResponses, GetTrialBalanceData, GetTrialBalanceErrors, GetTrialBalanceResponses, GetUserData, GetUserErrors, GetUserResponses, GetVerificationData, GetVerificationErrors, GetVerificationResponses, GetWasteData, GetWasteErrors, GetWasteResponses, GetWebhookData, GetWebhookErrors, GetWebhookResponses, GetWriteOffData, GetWriteOffErrors, GetWriteOffResponses, GiveSecondFactorData, GiveSecondFactorErrors, GiveSecondFactorResponses, ImportCsvData, ImportCsvErrors, ImportCsvResponses, IsLiveData, IsLiveErrors, IsLiveResponses, IsReadyData, IsReadyErrors, IsReadyResponses, JoinQueueData, JoinQueueErrors, JoinQueueResponses, LiftQueueData, LiftQueueErrors, LiftQueueResponses, ListAccountsData, ListAccountsErrors, ListAccountsResponses, ListAdjustmentsData, ListAdjustmentsErrors, ListAdjustmentsResponses, ListApiKeysData, ListApiKeysErrors, ListApiKeysResponses, ListApprovalsData, ListApprovalsErrors, ListApprovalsResponses, ListApprovalThresholdsData, ListApprovalThresholdsErrors, ListApprovalThresholdsResponses, ListBlowsData, ListBlowsErrors, ListBlowsResponses, ListCheckpointsData, ListCheckpointsErrors, ListCheckpointsResponses, ListCustomersData, ListCustomersErrors, ListCustomersResponses, ListEntriesData, ListEntriesErrors, ListEntriesResponses, ListEventsData, ListEventsErrors, ListEventsResponses, ListFactorsData, ListFactorsErrors, ListFactorsResponses, ListFlashSalesData, ListFlashSalesErrors, ListFlashSalesResponses, ListItemsData, ListItemsErrors, ListItemsResponses, ListJournalEntriesData, ListJournalEntriesErrors, ListJournalEntriesResponses, ListLateCostsData, ListLateCostsErrors, ListLateCostsResponses, ListLedgersData, ListLedgersErrors, ListLedgersResponses, ListLocationsData, ListLocationsErrors, ListLocationsResponses, ListMovementsData, ListMovementsErrors, ListMovementsResponses, ListOrdersData, ListOrdersErrors, ListOrdersResponses, ListPaymentsData, ListPaymentsErrors, ListPaymentsResponses, ListPeriodsData, ListPeriodsErrors, ListPeriodsResponses, ListPurchasesData, ListPurchasesErrors, ListPurchasesResponses, ListReservationsData, ListReservationsErrors, ListReservationsResponses, ListReturnsData, ListReturnsErrors, ListReturnsResponses, ListSalesData, ListSalesErrors, ListSalesResponses, ListSecurityEventsData, ListSecurityEventsErrors, ListSecurityEventsResponses, ListSessionsData, ListSessionsErrors, ListSessionsOfUserData, ListSessionsOfUserErrors, ListSessionsOfUserResponses, ListSessionsResponses, ListStockCountsData, ListStockCountsErrors, ListStockCountsResponses, ListStockData, ListStockErrors, ListStockResponses, ListStockTransfersData, ListStockTransfersErrors, ListStockTransfersResponses, ListSuppliersData, ListSuppliersErrors, ListSuppliersResponses, ListTransfersData, ListTransfersErrors, ListTransfersResponses, ListUsersData, ListUsersErrors, ListUsersResponses, ListWastesData, ListWastesErrors, ListWastesResponses, ListWebhookAttemptsData, ListWebhookAttemptsErrors, ListWebhookAttemptsResponses, ListWebhooksData, ListWebhooksErrors, ListWebhooksResponses, ListWriteOffsData, ListWriteOffsErrors, ListWriteOffsResponses, LoginData, LoginErrors, LoginResponses, LogoutData, LogoutErrors, LogoutResponses, MakeCheckpointData, MakeCheckpointErrors, MakeCheckpointResponses, MakeRecoveryCodesData, MakeRecoveryCodesErrors, MakeRecoveryCodesResponses, OpenFlashSaleData, OpenFlashSaleErrors, OpenFlashSaleResponses, OpenLedgerData, OpenLedgerErrors, OpenLedgerResponses, ProveDocumentData, ProveDocumentErrors, ProveDocumentResponses, ReauthenticateData, ReauthenticateErrors, ReauthenticateResponses, RebuildProjectionsData, RebuildProjectionsErrors, RebuildProjectionsResponses, RecordBatchData, RecordBatchErrors, RecordBatchResponses, RecordBlowData, RecordBlowErrors, RecordBlowResponses, RecordJournalEntryData, RecordJournalEntryErrors, RecordJournalEntryResponses, RecordLateCostData, RecordLateCostErrors, RecordLateCostResponses, RecordPaymentData, RecordPaymentErrors, RecordPaymentResponses, RecordPurchaseData, RecordPurchaseErrors, RecordPurchaseResponses, RecordSaleData, RecordSaleErrors, RecordSaleResponses, RecordStockCountData, RecordStockCountErrors, RecordStockCountResponses, RecordStockTransferData, RecordStockTransferErrors, RecordStockTransferResponses, RecordTransferData, RecordTransferErrors, RecordTransferResponses, RecordWasteData, RecordWasteErrors, RecordWasteResponses, RecordWriteOffData, RecordWriteOffErrors, RecordWriteOffResponses, RegisterAccountData, RegisterAccountErrors, RegisterAccountResponses, RegisterCustomerData, RegisterCustomerErrors, RegisterCustomerResponses, RegisterItemData, RegisterItemErrors, RegisterItemResponses, RegisterLocationData, RegisterLocationErrors, RegisterLocationResponses, RegisterSupplierData, RegisterSupplierErrors, RegisterSupplierResponses, RejectData, RejectErrors, RejectResponses, ReleaseReservationData, ReleaseReservationErrors, ReleaseReservationResponses, RemoveFactorData, RemoveFactorErrors, RemoveFactorResponses, RemoveWebhookData, RemoveWebhookErrors, RemoveWebhookResponses, ReopenPeriodData, ReopenPeriodErrors, ReopenPeriodResponses, ReplayWebhookData, ReplayWebhookErrors, ReplayWebhookResponses, ReserveStockData, ReserveStockErrors, ReserveStockResponses, ResetFactorsData, ResetFactorsErrors, ResetFactorsResponses, ResetPasswordData, ResetPasswordErrors, ResetPasswordResponses, ReturnPurchaseData, ReturnPurchaseErrors, ReturnPurchaseResponses, ReturnSaleData, ReturnSaleErrors, ReturnSaleResponses, RevokeApiKeyData, RevokeApiKeyErrors, RevokeApiKeyResponses, RotateWebhookSecretData, RotateWebhookSecretErrors, RotateWebhookSecretResponses, StreamEventsData, StreamEventsErrors, StreamEventsResponse, StreamEventsResponses, StreamOrdersData, StreamOrdersErrors, StreamOrdersResponse, StreamOrdersResponses, StreamQueueData, StreamQueueErrors, StreamQueueResponse, StreamQueueResponses, StreamStockData, StreamStockErrors, StreamStockResponse, StreamStockResponses, TakeOverSignOnData, TakeOverSignOnErrors, TakeOverSignOnResponses, TestWebhookData, TestWebhookErrors, TestWebhookResponses, UnlockUserData, UnlockUserErrors, UnlockUserResponses, VerifyData, VerifyErrors, VerifyResponses, VoidBlowData, VoidBlowErrors, VoidBlowResponses, VoidJournalEntryData, VoidJournalEntryErrors, VoidJournalEntryResponses, VoidLateCostData, VoidLateCostErrors, VoidLateCostResponses, VoidPaymentData, VoidPaymentErrors, VoidPaymentResponses, VoidPurchaseData, VoidPurchaseErrors, VoidPurchaseResponses, VoidReturnData, VoidReturnErrors, VoidReturnResponses, VoidSaleData, VoidSaleErrors, VoidSaleResponses, VoidStockCountData, VoidStockCountErrors, VoidStockCountResponses, VoidStockTransferData, VoidStockTransferErrors, VoidStockTransferResponses, VoidTransferData, VoidTransferErrors, VoidTransferResponses, VoidWasteData, VoidWasteErrors, VoidWasteResponses, VoidWriteOffData, VoidWriteOffErrors, VoidWriteOffResponses, WhoAmIData, WhoAmIErrors, WhoAmIResponses, WithdrawData, WithdrawErrors, WithdrawResponses } from './types.gen.js';

export type Options<TData extends TDataShape = TDataShape, ThrowOnError extends boolean = boolean, TResponse = unknown> = Options2<TData, ThrowOnError, TResponse> & {
    /**
     * You can provide a client instance returned by `createClient()` instead of
     * individual options. This might be also useful if you want to implement a
     * custom client.
     */
    client?: Client;
    /**
     * You can pass arbitrary values through the `meta` object. This can be
     * used to access values that aren't defined as part of the SDK function.
     */
    meta?: keyof ClientMeta extends never ? Record<string, unknown> : ClientMeta;
};

/**
 * Liveness: whether the process runs
 *
 * Also at /health/live, beside the prefix.
 */
export const isLive = <ThrowOnError extends boolean = true>(options?: Options<IsLiveData, ThrowOnError>): RequestResult<IsLiveResponses, IsLiveErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<IsLiveResponses, IsLiveErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    url: '/api/v1/health/live',
    ...options
});

/**
 * Readiness: whether commands and queries both work
 *
 * Also at /health/ready, beside the prefix. Ledgers that are halted are named to whoever may read the metrics; 503 only where none is left that takes commands.
 */
export const isReady = <ThrowOnError extends boolean = true>(options?: Options<IsReadyData, ThrowOnError>): RequestResult<IsReadyResponses, IsReadyErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<IsReadyResponses, IsReadyErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    url: '/api/v1/health/ready',
    ...options
});

/**
 * Metrics in Prometheus' format
 *
 * Also at /metrics, beside the prefix. With the METRICS_TOKEN of the operator as bearer token; where none is set, from the same machine.
 */
export const getMetrics = <ThrowOnError extends boolean = true>(options?: Options<GetMetricsData, ThrowOnError>): RequestResult<GetMetricsResponses, GetMetricsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<GetMetricsResponses, GetMetricsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    url: '/api/v1/metrics',
    ...options
});

/**
 * Signs in with username and password, for an access token
 *
 * With a `next_step` the session is for one thing. `second_factor`: give a code at POST /auth/second-factor within five minutes. `new_password`: another one set the password, so change it at POST /auth/password within 15 minutes, and sign in with the new one. `enrol_factor`: your role needs a second factor, so enrol one at POST /auth/factors/totp within 15 minutes.
 */
export const login = <ThrowOnError extends boolean = true>(options: Options<LoginData, ThrowOnError>): RequestResult<LoginResponses, LoginErrors, ThrowOnError, 'data'> => (options.client ?? client).post<LoginResponses, LoginErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    url: '/api/v1/auth/login',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Signs out: ends this session
 *
 * Any user who is signed in.
 */
export const logout = <ThrowOnError extends boolean = true>(options?: Options<LogoutData, ThrowOnError>): RequestResult<LogoutResponses, LogoutErrors, ThrowOnError, 'data'> => (options?.client ?? client).post<LogoutResponses, LogoutErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/logout',
    ...options
});

/**
 * Changes your password and ends all your sessions
 *
 * Any user who is signed in.
 */
export const changePassword = <ThrowOnError extends boolean = true>(options: Options<ChangePasswordData, ThrowOnError>): RequestResult<ChangePasswordResponses, ChangePasswordErrors, ThrowOnError, 'data'> => (options.client ?? client).post<ChangePasswordResponses, ChangePasswordErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/password',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Shows the signed-in user, with roles by ledger
 *
 * Any user who is signed in.
 */
export const whoAmI = <ThrowOnError extends boolean = true>(options?: Options<WhoAmIData, ThrowOnError>): RequestResult<WhoAmIResponses, WhoAmIErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<WhoAmIResponses, WhoAmIErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/me',
    ...options
});

/**
 * Completes a sign-in with the second factor, a code or a passkey, for an access token
 *
 * With the token of a sign-in whose `next_step` is `second_factor`, within five minutes. That token is good for one right code, and each code for one sign-in.
 *
 * Any user who is signed in.
 */
export const giveSecondFactor = <ThrowOnError extends boolean = true>(options: Options<GiveSecondFactorData, ThrowOnError>): RequestResult<GiveSecondFactorResponses, GiveSecondFactorErrors, ThrowOnError, 'data'> => (options.client ?? client).post<GiveSecondFactorResponses, GiveSecondFactorErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/second-factor',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Confirms password and second factor again, which changes of factors, passwords and roles ask for
 *
 * Who signs in by an identity provider signs in again instead.
 *
 * Any user who is signed in.
 */
export const reauthenticate = <ThrowOnError extends boolean = true>(options: Options<ReauthenticateData, ThrowOnError>): RequestResult<ReauthenticateResponses, ReauthenticateErrors, ThrowOnError, 'data'> => (options.client ?? client).post<ReauthenticateResponses, ReauthenticateErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/reauthenticate',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Lists your second factors, and how many recovery codes are left
 *
 * Any user who is signed in.
 */
export const listFactors = <ThrowOnError extends boolean = true>(options?: Options<ListFactorsData, ThrowOnError>): RequestResult<ListFactorsResponses, ListFactorsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListFactorsResponses, ListFactorsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/factors',
    ...options
});

/**
 * Starts the enrolment of an authenticator app: secret, URI and QR code
 *
 * It is a factor once a code of it is confirmed, within 15 minutes. Asked again, the seed before is void.
 *
 * Any user who is signed in.
 */
export const beginTotp = <ThrowOnError extends boolean = true>(options?: Options<BeginTotpData, ThrowOnError>): RequestResult<BeginTotpResponses, BeginTotpErrors, ThrowOnError, 'data'> => (options?.client ?? client).post<BeginTotpResponses, BeginTotpErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/factors/totp',
    ...options
});

/**
 * Confirms an authenticator app by a code; it replaces the one before, and all your sessions end but the one in the answer
 *
 * Any user who is signed in.
 */
export const confirmTotp = <ThrowOnError extends boolean = true>(options: Options<ConfirmTotpData, ThrowOnError>): RequestResult<ConfirmTotpResponses, ConfirmTotpErrors, ThrowOnError, 'data'> => (options.client ?? client).post<ConfirmTotpResponses, ConfirmTotpErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/factors/totp/confirm',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Starts the use of a passkey: options for navigator.credentials.get(), good for five minutes and one answer
 *
 * Any user who is signed in.
 */
export const challengePasskey = <ThrowOnError extends boolean = true>(options?: Options<ChallengePasskeyData, ThrowOnError>): RequestResult<ChallengePasskeyResponses, ChallengePasskeyErrors, ThrowOnError, 'data'> => (options?.client ?? client).post<ChallengePasskeyResponses, ChallengePasskeyErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/factors/passkeys/challenge',
    ...options
});

/**
 * Starts the enrolment of a passkey: options for navigator.credentials.create(), good for five minutes and one answer
 *
 * Any user who is signed in.
 */
export const beginPasskey = <ThrowOnError extends boolean = true>(options?: Options<BeginPasskeyData, ThrowOnError>): RequestResult<BeginPasskeyResponses, BeginPasskeyErrors, ThrowOnError, 'data'> => (options?.client ?? client).post<BeginPasskeyResponses, BeginPasskeyErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/factors/passkeys',
    ...options
});

/**
 * Adds a passkey; all your sessions end but the one in the answer
 *
 * Any user who is signed in.
 */
export const confirmPasskey = <ThrowOnError extends boolean = true>(options: Options<ConfirmPasskeyData, ThrowOnError>): RequestResult<ConfirmPasskeyResponses, ConfirmPasskeyErrors, ThrowOnError, 'data'> => (options.client ?? client).post<ConfirmPasskeyResponses, ConfirmPasskeyErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/factors/passkeys/confirm',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Creates ten recovery codes and revokes those before
 *
 * Any user who is signed in.
 */
export const makeRecoveryCodes = <ThrowOnError extends boolean = true>(options?: Options<MakeRecoveryCodesData, ThrowOnError>): RequestResult<MakeRecoveryCodesResponses, MakeRecoveryCodesErrors, ThrowOnError, 'data'> => (options?.client ?? client).post<MakeRecoveryCodesResponses, MakeRecoveryCodesErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/factors/recovery-codes',
    ...options
});

/**
 * Removes a second factor; all your other sessions end
 *
 * Any user who is signed in.
 */
export const removeFactor = <ThrowOnError extends boolean = true>(options: Options<RemoveFactorData, ThrowOnError>): RequestResult<RemoveFactorResponses, RemoveFactorErrors, ThrowOnError, 'data'> => (options.client ?? client).delete<RemoveFactorResponses, RemoveFactorErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/factors/{id}',
    ...options
});

/**
 * Removes all second factors of a user who has lost them; keeps the password and ends all sessions of the user
 *
 * Roles: admin, in all ledgers.
 */
export const resetFactors = <ThrowOnError extends boolean = true>(options: Options<ResetFactorsData, ThrowOnError>): RequestResult<ResetFactorsResponses, ResetFactorsErrors, ThrowOnError, 'data'> => (options.client ?? client).delete<ResetFactorsResponses, ResetFactorsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/users/{username}/factors',
    ...options
});

/**
 * Ends all your sessions but this one
 *
 * Any user who is signed in.
 */
export const endOtherSessions = <ThrowOnError extends boolean = true>(options?: Options<EndOtherSessionsData, ThrowOnError>): RequestResult<EndOtherSessionsResponses, EndOtherSessionsErrors, ThrowOnError, 'data'> => (options?.client ?? client).delete<EndOtherSessionsResponses, EndOtherSessionsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/sessions',
    ...options
});

/**
 * Lists your sessions, the newest first
 *
 * Any user who is signed in.
 */
export const listSessions = <ThrowOnError extends boolean = true>(options?: Options<ListSessionsData, ThrowOnError>): RequestResult<ListSessionsResponses, ListSessionsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListSessionsResponses, ListSessionsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/sessions',
    ...options
});

/**
 * Ends one of your sessions
 *
 * Any user who is signed in.
 */
export const endSession = <ThrowOnError extends boolean = true>(options: Options<EndSessionData, ThrowOnError>): RequestResult<EndSessionResponses, EndSessionErrors, ThrowOnError, 'data'> => (options.client ?? client).delete<EndSessionResponses, EndSessionErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/auth/sessions/{id}',
    ...options
});

/**
 * Ends all sessions of a user
 *
 * Roles: admin, in all ledgers.
 */
export const endSessionsOfUser = <ThrowOnError extends boolean = true>(options: Options<EndSessionsOfUserData, ThrowOnError>): RequestResult<EndSessionsOfUserResponses, EndSessionsOfUserErrors, ThrowOnError, 'data'> => (options.client ?? client).delete<EndSessionsOfUserResponses, EndSessionsOfUserErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/users/{username}/sessions',
    ...options
});

/**
 * Lists the sessions of a user, the newest first
 *
 * Roles: admin, in all ledgers.
 */
export const listSessionsOfUser = <ThrowOnError extends boolean = true>(options: Options<ListSessionsOfUserData, ThrowOnError>): RequestResult<ListSessionsOfUserResponses, ListSessionsOfUserErrors, ThrowOnError, 'data'> => (options.client ?? client).get<ListSessionsOfUserResponses, ListSessionsOfUserErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/users/{username}/sessions',
    ...options
});

/**
 * Ends a session of a user
 *
 * Roles: admin, in all ledgers.
 */
export const endSessionOfUser = <ThrowOnError extends boolean = true>(options: Options<EndSessionOfUserData, ThrowOnError>): RequestResult<EndSessionOfUserResponses, EndSessionOfUserErrors, ThrowOnError, 'data'> => (options.client ?? client).delete<EndSessionOfUserResponses, EndSessionOfUserErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/users/{username}/sessions/{id}',
    ...options
});

/**
 * Lists users by name, with roles and locks
 *
 * Roles: admin, in all ledgers.
 */
export const listUsers = <ThrowOnError extends boolean = true>(options?: Options<ListUsersData, ThrowOnError>): RequestResult<ListUsersResponses, ListUsersErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListUsersResponses, ListUsersErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/users',
    ...options
});

/**
 * Creates a user with a role in all ledgers, or in one; without a password one is generated
 *
 * Roles: admin, in all ledgers.
 */
export const createUser = <ThrowOnError extends boolean = true>(options: Options<CreateUserData, ThrowOnError>): RequestResult<CreateUserResponses, CreateUserErrors, ThrowOnError, 'data'> => (options.client ?? client).post<CreateUserResponses, CreateUserErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/users',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Gets a user, with roles and lock
 *
 * Roles: admin, in all ledgers.
 */
export const getUser = <ThrowOnError extends boolean = true>(options: Options<GetUserData, ThrowOnError>): RequestResult<GetUserResponses, GetUserErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetUserResponses, GetUserErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/users/{username}',
    ...options
});

/**
 * Changes a role of a user, or deactivates the user; revokes all their tokens
 *
 * Roles: admin, in all ledgers.
 */
export const changeUser = <ThrowOnError extends boolean = true>(options: Options<ChangeUserData, ThrowOnError>): RequestResult<ChangeUserResponses, ChangeUserErrors, ThrowOnError, 'data'> => (options.client ?? client).patch<ChangeUserResponses, ChangeUserErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/users/{username}',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Unlocks a user after failed sign-ins
 *
 * Roles: admin, in all ledgers.
 */
export const unlockUser = <ThrowOnError extends boolean = true>(options: Options<UnlockUserData, ThrowOnError>): RequestResult<UnlockUserResponses, UnlockUserErrors, ThrowOnError, 'data'> => (options.client ?? client).post<UnlockUserResponses, UnlockUserErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/users/{username}/unlock',
    ...options
});

/**
 * Sets or generates a temporary password, good for 24 hours and one change; revokes all tokens of the user
 *
 * Roles: admin, in all ledgers.
 */
export const resetPassword = <ThrowOnError extends boolean = true>(options: Options<ResetPasswordData, ThrowOnError>): RequestResult<ResetPasswordResponses, ResetPasswordErrors, ThrowOnError, 'data'> => (options.client ?? client).post<ResetPasswordResponses, ResetPasswordErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/users/{username}/reset-password',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Lists the valid API keys, the oldest first
 *
 * Roles: admin, in all ledgers.
 */
export const listApiKeys = <ThrowOnError extends boolean = true>(options?: Options<ListApiKeysData, ThrowOnError>): RequestResult<ListApiKeysResponses, ListApiKeysErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListApiKeysResponses, ListApiKeysErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/api-keys',
    ...options
});

/**
 * Creates an API key for a machine, with a role in all ledgers or in one
 *
 * A machine sends it as `Authorization: Bearer flk_…`. What it does is recorded as done by `key/NAME`; keys of one name are one actor, so that a new key can replace an old one.
 *
 * Roles: admin, in all ledgers.
 */
export const createApiKey = <ThrowOnError extends boolean = true>(options: Options<CreateApiKeyData, ThrowOnError>): RequestResult<CreateApiKeyResponses, CreateApiKeyErrors, ThrowOnError, 'data'> => (options.client ?? client).post<CreateApiKeyResponses, CreateApiKeyErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/api-keys',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Revokes an API key; it is refused from now on
 *
 * Roles: admin, in all ledgers.
 */
export const revokeApiKey = <ThrowOnError extends boolean = true>(options: Options<RevokeApiKeyData, ThrowOnError>): RequestResult<RevokeApiKeyResponses, RevokeApiKeyErrors, ThrowOnError, 'data'> => (options.client ?? client).delete<RevokeApiKeyResponses, RevokeApiKeyErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/api-keys/{id}',
    ...options
});

/**
 * Starts single sign-on: redirects the browser to the identity provider
 *
 * For navigation, not for fetch. 404 where no identity provider is set.
 */
export const beginSingleSignOn = <ThrowOnError extends boolean = true>(options?: Options<BeginSingleSignOnData, ThrowOnError>): RequestResult<BeginSingleSignOnResponses, BeginSingleSignOnErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<BeginSingleSignOnResponses, BeginSingleSignOnErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    url: '/api/v1/auth/oidc/start',
    ...options
});

/**
 * Completes single sign-on: the redirect URI for the identity provider
 *
 * Answers with the token, or sends the browser on to the `return_to` of the start.
 */
export const finishSingleSignOn = <ThrowOnError extends boolean = true>(options?: Options<FinishSingleSignOnData, ThrowOnError>): RequestResult<FinishSingleSignOnResponses, FinishSingleSignOnErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<FinishSingleSignOnResponses, FinishSingleSignOnErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    url: '/api/v1/auth/oidc/callback',
    ...options
});

/**
 * Exchanges the one-time code of a single sign-on for an access token, within a minute
 */
export const takeOverSignOn = <ThrowOnError extends boolean = true>(options: Options<TakeOverSignOnData, ThrowOnError>): RequestResult<TakeOverSignOnResponses, TakeOverSignOnErrors, ThrowOnError, 'data'> => (options.client ?? client).post<TakeOverSignOnResponses, TakeOverSignOnErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    url: '/api/v1/auth/oidc/token',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Back-channel logout: the identity provider ends one session, or all of a user
 *
 * OpenID Connect Back-Channel Logout 1.0.
 */
export const endSignOn = <ThrowOnError extends boolean = true>(options: Options<EndSignOnData, ThrowOnError>): RequestResult<EndSignOnResponses, EndSignOnErrors, ThrowOnError, 'data'> => (options.client ?? client).post<EndSignOnResponses, EndSignOnErrors, ThrowOnError, 'data'>({
    ...urlSearchParamsBodySerializer,
    responseStyle: 'data',
    url: '/api/v1/auth/oidc/backchannel-logout',
    ...options,
    headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        ...options.headers
    }
});

/**
 * Lists the ledgers that you may audit
 *
 * Roles: admin, auditor, in any ledger.
 */
export const listLedgers = <ThrowOnError extends boolean = true>(options?: Options<ListLedgersData, ThrowOnError>): RequestResult<ListLedgersResponses, ListLedgersErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListLedgersResponses, ListLedgersErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/ledgers',
    ...options
});

/**
 * Opens a new ledger
 *
 * Roles: admin, in all ledgers.
 */
export const openLedger = <ThrowOnError extends boolean = true>(options: Options<OpenLedgerData, ThrowOnError>): RequestResult<OpenLedgerResponses, OpenLedgerErrors, ThrowOnError, 'data'> => (options.client ?? client).post<OpenLedgerResponses, OpenLedgerErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/ledgers',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Lists items by id
 *
 * Roles: any, in the ledger.
 */
export const listItems = <ThrowOnError extends boolean = true>(options?: Options<ListItemsData, ThrowOnError>): RequestResult<ListItemsResponses, ListItemsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListItemsResponses, ListItemsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/items',
    ...options
});

/**
 * Registers a new item
 *
 * Roles: admin, manager, in the ledger.
 */
export const registerItem = <ThrowOnError extends boolean = true>(options: Options<RegisterItemData, ThrowOnError>): RequestResult<RegisterItemResponses, RegisterItemErrors, ThrowOnError, 'data'> => (options.client ?? client).post<RegisterItemResponses, RegisterItemErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/items',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Gets an item, as it is or was then
 *
 * Roles: any, in the ledger.
 */
export const getItem = <ThrowOnError extends boolean = true>(options: Options<GetItemData, ThrowOnError>): RequestResult<GetItemResponses, GetItemErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetItemResponses, GetItemErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/items/{id}',
    ...options
});

/**
 * Changes those fields of an item that are given; `active: false` deactivates it
 *
 * Roles: admin, manager, in the ledger.
 */
export const changeItem = <ThrowOnError extends boolean = true>(options: Options<ChangeItemData, ThrowOnError>): RequestResult<ChangeItemResponses, ChangeItemErrors, ThrowOnError, 'data'> => (options.client ?? client).patch<ChangeItemResponses, ChangeItemErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/items/{id}',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Lists suppliers by id
 *
 * Roles: any, in the ledger.
 */
export const listSuppliers = <ThrowOnError extends boolean = true>(options?: Options<ListSuppliersData, ThrowOnError>): RequestResult<ListSuppliersResponses, ListSuppliersErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListSuppliersResponses, ListSuppliersErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/suppliers',
    ...options
});

/**
 * Registers a new supplier
 *
 * Roles: admin, manager, in the ledger.
 */
export const registerSupplier = <ThrowOnError extends boolean = true>(options: Options<RegisterSupplierData, ThrowOnError>): RequestResult<RegisterSupplierResponses, RegisterSupplierErrors, ThrowOnError, 'data'> => (options.client ?? client).post<RegisterSupplierResponses, RegisterSupplierErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/suppliers',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Gets a supplier, as it is or was then
 *
 * Roles: any, in the ledger.
 */
export const getSupplier = <ThrowOnError extends boolean = true>(options: Options<GetSupplierData, ThrowOnError>): RequestResult<GetSupplierResponses, GetSupplierErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetSupplierResponses, GetSupplierErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/suppliers/{id}',
    ...options
});

/**
 * Changes those fields of a supplier that are given; `active: false` deactivates it
 *
 * Roles: admin, manager, in the ledger.
 */
export const changeSupplier = <ThrowOnError extends boolean = true>(options: Options<ChangeSupplierData, ThrowOnError>): RequestResult<ChangeSupplierResponses, ChangeSupplierErrors, ThrowOnError, 'data'> => (options.client ?? client).patch<ChangeSupplierResponses, ChangeSupplierErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/suppliers/{id}',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Lists customers by id
 *
 * Roles: any, in the ledger.
 */
export const listCustomers = <ThrowOnError extends boolean = true>(options?: Options<ListCustomersData, ThrowOnError>): RequestResult<ListCustomersResponses, ListCustomersErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListCustomersResponses, ListCustomersErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/customers',
    ...options
});

/**
 * Registers a new customer
 *
 * Roles: admin, manager, in the ledger.
 */
export const registerCustomer = <ThrowOnError extends boolean = true>(options: Options<RegisterCustomerData, ThrowOnError>): RequestResult<RegisterCustomerResponses, RegisterCustomerErrors, ThrowOnError, 'data'> => (options.client ?? client).post<RegisterCustomerResponses, RegisterCustomerErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/customers',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Gets a customer, as it is or was then
 *
 * Roles: any, in the ledger.
 */
export const getCustomer = <ThrowOnError extends boolean = true>(options: Options<GetCustomerData, ThrowOnError>): RequestResult<GetCustomerResponses, GetCustomerErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetCustomerResponses, GetCustomerErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/customers/{id}',
    ...options
});

/**
 * Changes those fields of a customer that are given; `active: false` deactivates it
 *
 * Roles: admin, manager, in the ledger.
 */
export const changeCustomer = <ThrowOnError extends boolean = true>(options: Options<ChangeCustomerData, ThrowOnError>): RequestResult<ChangeCustomerResponses, ChangeCustomerErrors, ThrowOnError, 'data'> => (options.client ?? client).patch<ChangeCustomerResponses, ChangeCustomerErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/customers/{id}',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Lists locations by id
 *
 * Roles: any, in the ledger.
 */
export const listLocations = <ThrowOnError extends boolean = true>(options?: Options<ListLocationsData, ThrowOnError>): RequestResult<ListLocationsResponses, ListLocationsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListLocationsResponses, ListLocationsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/locations',
    ...options
});

/**
 * Registers a new location
 *
 * Roles: admin, manager, in the ledger.
 */
export const registerLocation = <ThrowOnError extends boolean = true>(options: Options<RegisterLocationData, ThrowOnError>): RequestResult<RegisterLocationResponses, RegisterLocationErrors, ThrowOnError, 'data'> => (options.client ?? client).post<RegisterLocationResponses, RegisterLocationErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/locations',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Gets a location, as it is or was then
 *
 * Roles: any, in the ledger.
 */
export const getLocation = <ThrowOnError extends boolean = true>(options: Options<GetLocationData, ThrowOnError>): RequestResult<GetLocationResponses, GetLocationErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetLocationResponses, GetLocationErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/locations/{id}',
    ...options
});

/**
 * Changes those fields of a location that are given; `active: false` deactivates it
 *
 * Roles: admin, manager, in the ledger.
 */
export const changeLocation = <ThrowOnError extends boolean = true>(options: Options<ChangeLocationData, ThrowOnError>): RequestResult<ChangeLocationResponses, ChangeLocationErrors, ThrowOnError, 'data'> => (options.client ?? client).patch<ChangeLocationResponses, ChangeLocationErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/locations/{id}',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Lists accounts by id
 *
 * Roles: any, in the ledger.
 */
export const listAccounts = <ThrowOnError extends boolean = true>(options?: Options<ListAccountsData, ThrowOnError>): RequestResult<ListAccountsResponses, ListAccountsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListAccountsResponses, ListAccountsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/accounts',
    ...options
});

/**
 * Registers a new account
 *
 * Roles: admin, manager, in the ledger.
 */
export const registerAccount = <ThrowOnError extends boolean = true>(options: Options<RegisterAccountData, ThrowOnError>): RequestResult<RegisterAccountResponses, RegisterAccountErrors, ThrowOnError, 'data'> => (options.client ?? client).post<RegisterAccountResponses, RegisterAccountErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/accounts',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Gets an account with its balance
 *
 * Roles: admin, manager, auditor, in the ledger.
 */
export const getAccount = <ThrowOnError extends boolean = true>(options: Options<GetAccountData, ThrowOnError>): RequestResult<GetAccountResponses, GetAccountErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetAccountResponses, GetAccountErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/accounts/{id}',
    ...options
});

/**
 * Changes those fields of an account that are given; `active: false` deactivates it
 *
 * Roles: admin, manager, in the ledger.
 */
export const changeAccount = <ThrowOnError extends boolean = true>(options: Options<ChangeAccountData, ThrowOnError>): RequestResult<ChangeAccountResponses, ChangeAccountErrors, ThrowOnError, 'data'> => (options.client ?? client).patch<ChangeAccountResponses, ChangeAccountErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/accounts/{id}',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Lists the entries of an account, its statement, the last recorded first
 *
 * Roles: admin, manager, auditor, in the ledger.
 */
export const listEntries = <ThrowOnError extends boolean = true>(options: Options<ListEntriesData, ThrowOnError>): RequestResult<ListEntriesResponses, ListEntriesErrors, ThrowOnError, 'data'> => (options.client ?? client).get<ListEntriesResponses, ListEntriesErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/accounts/{id}/entries',
    ...options
});

/**
 * Gets the trial balance of all accounts; debits equal credits
 *
 * Roles: admin, manager, auditor, in the ledger.
 */
export const getTrialBalance = <ThrowOnError extends boolean = true>(options?: Options<GetTrialBalanceData, ThrowOnError>): RequestResult<GetTrialBalanceResponses, GetTrialBalanceErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<GetTrialBalanceResponses, GetTrialBalanceErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/trial-balance',
    ...options
});

/**
 * Lists purchases, the last recorded first
 *
 * Roles: any, in the ledger.
 */
export const listPurchases = <ThrowOnError extends boolean = true>(options?: Options<ListPurchasesData, ThrowOnError>): RequestResult<ListPurchasesResponses, ListPurchasesErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListPurchasesResponses, ListPurchasesErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/purchases',
    ...options
});

/**
 * Records a purchase: stock comes in at its price, and we owe it to the supplier
 *
 * Roles: admin, manager, staff, in the ledger.
 */
export const recordPurchase = <ThrowOnError extends boolean = true>(options: Options<RecordPurchaseData, ThrowOnError>): RequestResult<RecordPurchaseResponses, RecordPurchaseErrors, ThrowOnError, 'data'> => (options.client ?? client).post<RecordPurchaseResponses, RecordPurchaseErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/purchases',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Voids a purchase
 *
 * Roles: admin, in the ledger.
 */
export const voidPurchase = <ThrowOnError extends boolean = true>(options: Options<VoidPurchaseData, ThrowOnError>): RequestResult<VoidPurchaseResponses, VoidPurchaseErrors, ThrowOnError, 'data'> => (options.client ?? client).post<VoidPurchaseResponses, VoidPurchaseErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/purchases/{number}/void',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Gets a purchase, with what became of it
 *
 * Roles: any, in the ledger.
 */
export const getPurchase = <ThrowOnError extends boolean = true>(options: Options<GetPurchaseData, ThrowOnError>): RequestResult<GetPurchaseResponses, GetPurchaseErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetPurchaseResponses, GetPurchaseErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/purchases/{number}',
    ...options
});

/**
 * Adds a late cost to a purchase: freight, duty or a correction
 *
 * Roles: admin, manager, staff, in the ledger.
 */
export const recordLateCost = <ThrowOnError extends boolean = true>(options: Options<RecordLateCostData, ThrowOnError>): RequestResult<RecordLateCostResponses, RecordLateCostErrors, ThrowOnError, 'data'> => (options.client ?? client).post<RecordLateCostResponses, RecordLateCostErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/purchases/{number}/costs',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Voids a late cost
 *
 * Roles: admin, in the ledger.
 */
export const voidLateCost = <ThrowOnError extends boolean = true>(options: Options<VoidLateCostData, ThrowOnError>): RequestResult<VoidLateCostResponses, VoidLateCostErrors, ThrowOnError, 'data'> => (options.client ?? client).post<VoidLateCostResponses, VoidLateCostErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/late-costs/{number}/void',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Lists late costs, the last recorded first
 *
 * Roles: any, in the ledger.
 */
export const listLateCosts = <ThrowOnError extends boolean = true>(options?: Options<ListLateCostsData, ThrowOnError>): RequestResult<ListLateCostsResponses, ListLateCostsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListLateCostsResponses, ListLateCostsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/late-costs',
    ...options
});

/**
 * Gets a late cost, with what became of it
 *
 * Roles: any, in the ledger.
 */
export const getLateCost = <ThrowOnError extends boolean = true>(options: Options<GetLateCostData, ThrowOnError>): RequestResult<GetLateCostResponses, GetLateCostErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetLateCostResponses, GetLateCostErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/late-costs/{number}',
    ...options
});

/**
 * Lists blows, the last recorded first
 *
 * Roles: any, in the ledger.
 */
export const listBlows = <ThrowOnError extends boolean = true>(options?: Options<ListBlowsData, ThrowOnError>): RequestResult<ListBlowsResponses, ListBlowsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListBlowsResponses, ListBlowsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/blows',
    ...options
});

/**
 * Records a blow: preforms become bottles, and their cost goes with them
 *
 * Roles: admin, manager, staff, in the ledger.
 */
export const recordBlow = <ThrowOnError extends boolean = true>(options: Options<RecordBlowData, ThrowOnError>): RequestResult<RecordBlowResponses, RecordBlowErrors, ThrowOnError, 'data'> => (options.client ?? client).post<RecordBlowResponses, RecordBlowErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/blows',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Voids a blow
 *
 * Roles: admin, in the ledger.
 */
export const voidBlow = <ThrowOnError extends boolean = true>(options: Options<VoidBlowData, ThrowOnError>): RequestResult<VoidBlowResponses, VoidBlowErrors, ThrowOnError, 'data'> => (options.client ?? client).post<VoidBlowResponses, VoidBlowErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/blows/{number}/void',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Gets a blow, with what became of it
 *
 * Roles: any, in the ledger.
 */
export const getBlow = <ThrowOnError extends boolean = true>(options: Options<GetBlowData, ThrowOnError>): RequestResult<GetBlowResponses, GetBlowErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetBlowResponses, GetBlowErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/blows/{number}',
    ...options
});

/**
 * Lists sales, the last recorded first
 *
 * Roles: any, in the ledger.
 */
export const listSales = <ThrowOnError extends boolean = true>(options?: Options<ListSalesData, ThrowOnError>): RequestResult<ListSalesResponses, ListSalesErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListSalesResponses, ListSalesErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/sales',
    ...options
});

/**
 * Records a sale: stock goes out at average cost, and the customer owes its price
 *
 * Roles: admin, manager, staff, in the ledger.
 */
export const recordSale = <ThrowOnError extends boolean = true>(options: Options<RecordSaleData, ThrowOnError>): RequestResult<RecordSaleResponses, RecordSaleErrors, ThrowOnError, 'data'> => (options.client ?? client).post<RecordSaleResponses, RecordSaleErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/sales',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Voids a sale
 *
 * Roles: admin, in the ledger.
 */
export const voidSale = <ThrowOnError extends boolean = true>(options: Options<VoidSaleData, ThrowOnError>): RequestResult<VoidSaleResponses, VoidSaleErrors, ThrowOnError, 'data'> => (options.client ?? client).post<VoidSaleResponses, VoidSaleErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/sales/{number}/void',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Gets a sale, with what became of it
 *
 * Roles: any, in the ledger.
 */
export const getSale = <ThrowOnError extends boolean = true>(options: Options<GetSaleData, ThrowOnError>): RequestResult<GetSaleResponses, GetSaleErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetSaleResponses, GetSaleErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/sales/{number}',
    ...options
});

/**
 * Lists wastes, the last recorded first
 *
 * Roles: any, in the ledger.
 */
export const listWastes = <ThrowOnError extends boolean = true>(options?: Options<ListWastesData, ThrowOnError>): RequestResult<ListWastesResponses, ListWastesErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListWastesResponses, ListWastesErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/wastes',
    ...options
});

/**
 * Records a waste: stock goes out at average cost, as an expense
 *
 * Roles: admin, manager, staff, in the ledger.
 */
export const recordWaste = <ThrowOnError extends boolean = true>(options: Options<RecordWasteData, ThrowOnError>): RequestResult<RecordWasteResponses, RecordWasteErrors, ThrowOnError, 'data'> => (options.client ?? client).post<RecordWasteResponses, RecordWasteErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/wastes',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Voids a waste
 *
 * Roles: admin, in the ledger.
 */
export const voidWaste = <ThrowOnError extends boolean = true>(options: Options<VoidWasteData, ThrowOnError>): RequestResult<VoidWasteResponses, VoidWasteErrors, ThrowOnError, 'data'> => (options.client ?? client).post<VoidWasteResponses, VoidWasteErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/wastes/{number}/void',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Gets a waste, with what became of it
 *
 * Roles: any, in the ledger.
 */
export const getWaste = <ThrowOnError extends boolean = true>(options: Options<GetWasteData, ThrowOnError>): RequestResult<GetWasteResponses, GetWasteErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetWasteResponses, GetWasteErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/wastes/{number}',
    ...options
});

/**
 * Lists stock transfers, the last recorded first
 *
 * Roles: any, in the ledger.
 */
export const listStockTransfers = <ThrowOnError extends boolean = true>(options?: Options<ListStockTransfersData, ThrowOnError>): RequestResult<ListStockTransfersResponses, ListStockTransfersErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListStockTransfersResponses, ListStockTransfersErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/stock-transfers',
    ...options
});

/**
 * Moves stock to another location, with its value
 *
 * Roles: admin, manager, staff, in the ledger.
 */
export const recordStockTransfer = <ThrowOnError extends boolean = true>(options: Options<RecordStockTransferData, ThrowOnError>): RequestResult<RecordStockTransferResponses, RecordStockTransferErrors, ThrowOnError, 'data'> => (options.client ?? client).post<RecordStockTransferResponses, RecordStockTransferErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/stock-transfers',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Voids a stock transfer
 *
 * Roles: admin, in the ledger.
 */
export const voidStockTransfer = <ThrowOnError extends boolean = true>(options: Options<VoidStockTransferData, ThrowOnError>): RequestResult<VoidStockTransferResponses, VoidStockTransferErrors, ThrowOnError, 'data'> => (options.client ?? client).post<VoidStockTransferResponses, VoidStockTransferErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/stock-transfers/{number}/void',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Gets a stock transfer, with what became of it
 *
 * Roles: any, in the ledger.
 */
export const getStockTransfer = <ThrowOnError extends boolean = true>(options: Options<GetStockTransferData, ThrowOnError>): RequestResult<GetStockTransferResponses, GetStockTransferErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetStockTransferResponses, GetStockTransferErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/stock-transfers/{number}',
    ...options
});

/**
 * Lists transfers of money, the last recorded first
 *
 * Roles: any, in the ledger.
 */
export const listTransfers = <ThrowOnError extends boolean = true>(options?: Options<ListTransfersData, ThrowOnError>): RequestResult<ListTransfersResponses, ListTransfersErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListTransfersResponses, ListTransfersErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/transfers',
    ...options
});

/**
 * Moves money from an account to another
 *
 * Roles: admin, manager, staff, in the ledger.
 */
export const recordTransfer = <ThrowOnError extends boolean = true>(options: Options<RecordTransferData, ThrowOnError>): RequestResult<RecordTransferResponses, RecordTransferErrors, ThrowOnError, 'data'> => (options.client ?? client).post<RecordTransferResponses, RecordTransferErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/transfers',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Voids a transfer of money
 *
 * Roles: admin, in the ledger.
 */
export const voidTransfer = <ThrowOnError extends boolean = true>(options: Options<VoidTransferData, ThrowOnError>): RequestResult<VoidTransferResponses, VoidTransferErrors, ThrowOnError, 'data'> => (options.client ?? client).post<VoidTransferResponses, VoidTransferErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/transfers/{number}/void',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Gets a transfer of money, with what became of it
 *
 * Roles: any, in the ledger.
 */
export const getTransfer = <ThrowOnError extends boolean = true>(options: Options<GetTransferData, ThrowOnError>): RequestResult<GetTransferResponses, GetTransferErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetTransferResponses, GetTransferErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/transfers/{number}',
    ...options
});

/**
 * Lists journal entries, the last recorded first
 *
 * Roles: any, in the ledger.
 */
export const listJournalEntries = <ThrowOnError extends boolean = true>(options?: Options<ListJournalEntriesData, ThrowOnError>): RequestResult<ListJournalEntriesResponses, ListJournalEntriesErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListJournalEntriesResponses, ListJournalEntriesErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/journal-entries',
    ...options
});

/**
 * Records a manual journal entry
 *
 * Roles: admin, manager, staff, in the ledger.
 */
export const recordJournalEntry = <ThrowOnError extends boolean = true>(options: Options<RecordJournalEntryData, ThrowOnError>): RequestResult<RecordJournalEntryResponses, RecordJournalEntryErrors, ThrowOnError, 'data'> => (options.client ?? client).post<RecordJournalEntryResponses, RecordJournalEntryErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/journal-entries',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Voids a journal entry
 *
 * Roles: admin, in the ledger.
 */
export const voidJournalEntry = <ThrowOnError extends boolean = true>(options: Options<VoidJournalEntryData, ThrowOnError>): RequestResult<VoidJournalEntryResponses, VoidJournalEntryErrors, ThrowOnError, 'data'> => (options.client ?? client).post<VoidJournalEntryResponses, VoidJournalEntryErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/journal-entries/{number}/void',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Gets a journal entry, with what became of it
 *
 * Roles: any, in the ledger.
 */
export const getJournalEntry = <ThrowOnError extends boolean = true>(options: Options<GetJournalEntryData, ThrowOnError>): RequestResult<GetJournalEntryResponses, GetJournalEntryErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetJournalEntryResponses, GetJournalEntryErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/journal-entries/{number}',
    ...options
});

/**
 * Lists payments, the last recorded first
 *
 * Roles: any, in the ledger.
 */
export const listPayments = <ThrowOnError extends boolean = true>(options?: Options<ListPaymentsData, ThrowOnError>): RequestResult<ListPaymentsResponses, ListPaymentsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListPaymentsResponses, ListPaymentsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/payments',
    ...options
});

/**
 * Records a payment for a sale or a purchase, or for part of it
 *
 * Roles: admin, manager, staff, in the ledger.
 */
export const recordPayment = <ThrowOnError extends boolean = true>(options: Options<RecordPaymentData, ThrowOnError>): RequestResult<RecordPaymentResponses, RecordPaymentErrors, ThrowOnError, 'data'> => (options.client ?? client).post<RecordPaymentResponses, RecordPaymentErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/payments',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Voids a payment
 *
 * Roles: admin, in the ledger.
 */
export const voidPayment = <ThrowOnError extends boolean = true>(options: Options<VoidPaymentData, ThrowOnError>): RequestResult<VoidPaymentResponses, VoidPaymentErrors, ThrowOnError, 'data'> => (options.client ?? client).post<VoidPaymentResponses, VoidPaymentErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/payments/{number}/void',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Gets a payment, with what became of it
 *
 * Roles: any, in the ledger.
 */
export const getPayment = <ThrowOnError extends boolean = true>(options: Options<GetPaymentData, ThrowOnError>): RequestResult<GetPaymentResponses, GetPaymentErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetPaymentResponses, GetPaymentErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/payments/{number}',
    ...options
});

/**
 * Lists write-offs, the last recorded first
 *
 * Roles: any, in the ledger.
 */
export const listWriteOffs = <ThrowOnError extends boolean = true>(options?: Options<ListWriteOffsData, ThrowOnError>): RequestResult<ListWriteOffsResponses, ListWriteOffsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListWriteOffsResponses, ListWriteOffsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/write-offs',
    ...options
});

/**
 * Writes off what will not be paid of a bill
 *
 * Roles: admin, manager, in the ledger.
 */
export const recordWriteOff = <ThrowOnError extends boolean = true>(options: Options<RecordWriteOffData, ThrowOnError>): RequestResult<RecordWriteOffResponses, RecordWriteOffErrors, ThrowOnError, 'data'> => (options.client ?? client).post<RecordWriteOffResponses, RecordWriteOffErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/write-offs',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Voids a write-off
 *
 * Roles: admin, in the ledger.
 */
export const voidWriteOff = <ThrowOnError extends boolean = true>(options: Options<VoidWriteOffData, ThrowOnError>): RequestResult<VoidWriteOffResponses, VoidWriteOffErrors, ThrowOnError, 'data'> => (options.client ?? client).post<VoidWriteOffResponses, VoidWriteOffErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/write-offs/{number}/void',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Gets a write-off, with what became of it
 *
 * Roles: any, in the ledger.
 */
export const getWriteOff = <ThrowOnError extends boolean = true>(options: Options<GetWriteOffData, ThrowOnError>): RequestResult<GetWriteOffResponses, GetWriteOffErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetWriteOffResponses, GetWriteOffErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/write-offs/{number}',
    ...options
});

/**
 * Lists stock counts, the last recorded first
 *
 * Roles: any, in the ledger.
 */
export const listStockCounts = <ThrowOnError extends boolean = true>(options?: Options<ListStockCountsData, ThrowOnError>): RequestResult<ListStockCountsResponses, ListStockCountsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListStockCountsResponses, ListStockCountsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/stock-counts',
    ...options
});

/**
 * Records what was counted; the difference is posted
 *
 * Roles: admin, manager, staff, in the ledger.
 */
export const recordStockCount = <ThrowOnError extends boolean = true>(options: Options<RecordStockCountData, ThrowOnError>): RequestResult<RecordStockCountResponses, RecordStockCountErrors, ThrowOnError, 'data'> => (options.client ?? client).post<RecordStockCountResponses, RecordStockCountErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/stock-counts',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Voids a stock count
 *
 * Roles: admin, in the ledger.
 */
export const voidStockCount = <ThrowOnError extends boolean = true>(options: Options<VoidStockCountData, ThrowOnError>): RequestResult<VoidStockCountResponses, VoidStockCountErrors, ThrowOnError, 'data'> => (options.client ?? client).post<VoidStockCountResponses, VoidStockCountErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/stock-counts/{number}/void',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Gets a stock count, with what became of it
 *
 * Roles: any, in the ledger.
 */
export const getStockCount = <ThrowOnError extends boolean = true>(options: Options<GetStockCountData, ThrowOnError>): RequestResult<GetStockCountResponses, GetStockCountErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetStockCountResponses, GetStockCountErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/stock-counts/{number}',
    ...options
});

/**
 * Records a return of goods from a customer
 *
 * Roles: admin, manager, staff, in the ledger.
 */
export const returnSale = <ThrowOnError extends boolean = true>(options: Options<ReturnSaleData, ThrowOnError>): RequestResult<ReturnSaleResponses, ReturnSaleErrors, ThrowOnError, 'data'> => (options.client ?? client).post<ReturnSaleResponses, ReturnSaleErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/sales/{number}/returns',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Records a return of goods to a supplier
 *
 * Roles: admin, manager, staff, in the ledger.
 */
export const returnPurchase = <ThrowOnError extends boolean = true>(options: Options<ReturnPurchaseData, ThrowOnError>): RequestResult<ReturnPurchaseResponses, ReturnPurchaseErrors, ThrowOnError, 'data'> => (options.client ?? client).post<ReturnPurchaseResponses, ReturnPurchaseErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/purchases/{number}/returns',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Voids a return
 *
 * Roles: admin, in the ledger.
 */
export const voidReturn = <ThrowOnError extends boolean = true>(options: Options<VoidReturnData, ThrowOnError>): RequestResult<VoidReturnResponses, VoidReturnErrors, ThrowOnError, 'data'> => (options.client ?? client).post<VoidReturnResponses, VoidReturnErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/returns/{number}/void',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Lists returns, the last recorded first
 *
 * Roles: any, in the ledger.
 */
export const listReturns = <ThrowOnError extends boolean = true>(options?: Options<ListReturnsData, ThrowOnError>): RequestResult<ListReturnsResponses, ListReturnsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListReturnsResponses, ListReturnsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/returns',
    ...options
});

/**
 * Gets a return, with what became of it
 *
 * Roles: any, in the ledger.
 */
export const getReturn = <ThrowOnError extends boolean = true>(options: Options<GetReturnData, ThrowOnError>): RequestResult<GetReturnResponses, GetReturnErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetReturnResponses, GetReturnErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/returns/{number}',
    ...options
});

/**
 * Approves a pending request, which is decided again on the present state; never by its requester
 *
 * Roles: admin, manager, in the ledger.
 */
export const approve = <ThrowOnError extends boolean = true>(options: Options<ApproveData, ThrowOnError>): RequestResult<ApproveResponses, ApproveErrors, ThrowOnError, 'data'> => (options.client ?? client).post<ApproveResponses, ApproveErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/approvals/{id}/approve',
    ...options
});

/**
 * Rejects a pending request
 *
 * Roles: admin, manager, in the ledger.
 */
export const reject = <ThrowOnError extends boolean = true>(options: Options<RejectData, ThrowOnError>): RequestResult<RejectResponses, RejectErrors, ThrowOnError, 'data'> => (options.client ?? client).post<RejectResponses, RejectErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/approvals/{id}/reject',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Withdraws a pending request; only by its requester
 *
 * Roles: admin, manager, staff, in the ledger.
 */
export const withdraw = <ThrowOnError extends boolean = true>(options: Options<WithdrawData, ThrowOnError>): RequestResult<WithdrawResponses, WithdrawErrors, ThrowOnError, 'data'> => (options.client ?? client).post<WithdrawResponses, WithdrawErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/approvals/{id}/withdraw',
    ...options
});

/**
 * Lists approvals, the last recorded first
 *
 * Roles: admin, manager, staff, auditor, in the ledger.
 */
export const listApprovals = <ThrowOnError extends boolean = true>(options?: Options<ListApprovalsData, ThrowOnError>): RequestResult<ListApprovalsResponses, ListApprovalsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListApprovalsResponses, ListApprovalsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/approvals',
    ...options
});

/**
 * Gets an approval, with what became of it
 *
 * Roles: admin, manager, staff, auditor, in the ledger.
 */
export const getApproval = <ThrowOnError extends boolean = true>(options: Options<GetApprovalData, ThrowOnError>): RequestResult<GetApprovalResponses, GetApprovalErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetApprovalResponses, GetApprovalErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/approvals/{id}',
    ...options
});

/**
 * Lists the approval thresholds, the latest first
 *
 * Roles: admin, manager, auditor, in the ledger.
 */
export const listApprovalThresholds = <ThrowOnError extends boolean = true>(options?: Options<ListApprovalThresholdsData, ThrowOnError>): RequestResult<ListApprovalThresholdsResponses, ListApprovalThresholdsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListApprovalThresholdsResponses, ListApprovalThresholdsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/approval-thresholds',
    ...options
});

/**
 * Changes the approval threshold from now on; pending requests stay pending
 *
 * Roles: admin, in the ledger.
 */
export const changeApprovalThreshold = <ThrowOnError extends boolean = true>(options: Options<ChangeApprovalThresholdData, ThrowOnError>): RequestResult<ChangeApprovalThresholdResponses, ChangeApprovalThresholdErrors, ThrowOnError, 'data'> => (options.client ?? client).post<ChangeApprovalThresholdResponses, ChangeApprovalThresholdErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/approval-thresholds',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Lists reservations, the last recorded first
 *
 * Roles: any, in the ledger.
 */
export const listReservations = <ThrowOnError extends boolean = true>(options?: Options<ListReservationsData, ThrowOnError>): RequestResult<ListReservationsResponses, ListReservationsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListReservationsResponses, ListReservationsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/reservations',
    ...options
});

/**
 * Reserves stock for a limited time, all lines or none
 *
 * Roles: admin, manager, staff, in the ledger.
 */
export const reserveStock = <ThrowOnError extends boolean = true>(options: Options<ReserveStockData, ThrowOnError>): RequestResult<ReserveStockResponses, ReserveStockErrors, ThrowOnError, 'data'> => (options.client ?? client).post<ReserveStockResponses, ReserveStockErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/reservations',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Turns a reservation into a sale, once; what is not taken is released
 *
 * Roles: admin, manager, staff, in the ledger.
 */
export const checkOutReservation = <ThrowOnError extends boolean = true>(options: Options<CheckOutReservationData, ThrowOnError>): RequestResult<CheckOutReservationResponses, CheckOutReservationErrors, ThrowOnError, 'data'> => (options.client ?? client).post<CheckOutReservationResponses, CheckOutReservationErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/reservations/{id}/checkout',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Releases a reservation: its pieces are available again
 *
 * Roles: admin, manager, staff, in the ledger.
 */
export const releaseReservation = <ThrowOnError extends boolean = true>(options: Options<ReleaseReservationData, ThrowOnError>): RequestResult<ReleaseReservationResponses, ReleaseReservationErrors, ThrowOnError, 'data'> => (options.client ?? client).delete<ReleaseReservationResponses, ReleaseReservationErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/reservations/{id}',
    ...options
});

/**
 * Gets a reservation, with what became of it
 *
 * Roles: any, in the ledger.
 */
export const getReservation = <ThrowOnError extends boolean = true>(options: Options<GetReservationData, ThrowOnError>): RequestResult<GetReservationResponses, GetReservationErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetReservationResponses, GetReservationErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/reservations/{id}',
    ...options
});

/**
 * Lists flash sales, the last opened first
 *
 * Roles: any, in the ledger.
 */
export const listFlashSales = <ThrowOnError extends boolean = true>(options?: Options<ListFlashSalesData, ThrowOnError>): RequestResult<ListFlashSalesResponses, ListFlashSalesErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListFlashSalesResponses, ListFlashSalesErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/flash-sales',
    ...options
});

/**
 * Opens a flash sale: pieces set aside to be sold at one price, for a limited time, with a limit for each customer
 *
 * Roles: admin, manager, in the ledger.
 */
export const openFlashSale = <ThrowOnError extends boolean = true>(options: Options<OpenFlashSaleData, ThrowOnError>): RequestResult<OpenFlashSaleResponses, OpenFlashSaleErrors, ThrowOnError, 'data'> => (options.client ?? client).post<OpenFlashSaleResponses, OpenFlashSaleErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/flash-sales',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Closes a flash sale early; orders that hold pieces may still be paid
 *
 * Roles: admin, manager, in the ledger.
 */
export const closeFlashSale = <ThrowOnError extends boolean = true>(options: Options<CloseFlashSaleData, ThrowOnError>): RequestResult<CloseFlashSaleResponses, CloseFlashSaleErrors, ThrowOnError, 'data'> => (options.client ?? client).post<CloseFlashSaleResponses, CloseFlashSaleErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/flash-sales/{id}/close',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * How far it is, how many wait, and what became of the passes
 *
 * Roles: any, in the ledger.
 */
export const getQueue = <ThrowOnError extends boolean = true>(options: Options<GetQueueData, ThrowOnError>): RequestResult<GetQueueResponses, GetQueueErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetQueueResponses, GetQueueErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/flash-sales/{id}/queue',
    ...options
});

/**
 * Sets how buyers are let in from now on; begins a waiting queue where there is none
 *
 * Roles: admin, manager, in the ledger.
 */
export const changeQueue = <ThrowOnError extends boolean = true>(options: Options<ChangeQueueData, ThrowOnError>): RequestResult<ChangeQueueResponses, ChangeQueueErrors, ThrowOnError, 'data'> => (options.client ?? client).patch<ChangeQueueResponses, ChangeQueueErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/flash-sales/{id}/queue',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Lets everybody order without a pass from now on
 *
 * Roles: admin, manager, in the ledger.
 */
export const liftQueue = <ThrowOnError extends boolean = true>(options: Options<LiftQueueData, ThrowOnError>): RequestResult<LiftQueueResponses, LiftQueueErrors, ThrowOnError, 'data'> => (options.client ?? client).post<LiftQueueResponses, LiftQueueErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/flash-sales/{id}/queue/lift',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Gets a flash sale, with the pieces that remain
 *
 * Roles: any, in the ledger.
 */
export const getFlashSale = <ThrowOnError extends boolean = true>(options: Options<GetFlashSaleData, ThrowOnError>): RequestResult<GetFlashSaleResponses, GetFlashSaleErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetFlashSaleResponses, GetFlashSaleErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/flash-sales/{id}',
    ...options
});

/**
 * Places an order that holds pieces of flash sales, all lines or none; payment follows by itself
 *
 * Roles: admin, manager, staff, in the ledger.
 */
export const flashBuy = <ThrowOnError extends boolean = true>(options: Options<FlashBuyData, ThrowOnError>): RequestResult<FlashBuyResponses, FlashBuyErrors, ThrowOnError, 'data'> => (options.client ?? client).post<FlashBuyResponses, FlashBuyErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/flash-buy',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Cancels an order and releases its pieces, unless a charge is under way
 *
 * Roles: admin, manager, staff, in the ledger.
 */
export const cancelOrder = <ThrowOnError extends boolean = true>(options: Options<CancelOrderData, ThrowOnError>): RequestResult<CancelOrderResponses, CancelOrderErrors, ThrowOnError, 'data'> => (options.client ?? client).post<CancelOrderResponses, CancelOrderErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/orders/{id}/cancel',
    ...options
});

/**
 * Lists orders, the last placed first
 *
 * Roles: any, in the ledger.
 */
export const listOrders = <ThrowOnError extends boolean = true>(options?: Options<ListOrdersData, ThrowOnError>): RequestResult<ListOrdersResponses, ListOrdersErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListOrdersResponses, ListOrdersErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/orders',
    ...options
});

/**
 * Gets an order, with what became of it
 *
 * Roles: any, in the ledger.
 */
export const getOrder = <ThrowOnError extends boolean = true>(options: Options<GetOrderData, ThrowOnError>): RequestResult<GetOrderResponses, GetOrderErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetOrderResponses, GetOrderErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/orders/{id}',
    ...options
});

/**
 * Takes a ticket for a customer; asked again, it is the same one until its pass was used or has lapsed
 *
 * Roles: admin, manager, staff, in the ledger.
 */
export const joinQueue = <ThrowOnError extends boolean = true>(options: Options<JoinQueueData, ThrowOnError>): RequestResult<JoinQueueResponses, JoinQueueErrors, ThrowOnError, 'data'> => (options.client ?? client).post<JoinQueueResponses, JoinQueueErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/flash-sales/{id}/queue/tickets',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * How far it is, with the pass once its turn has come
 *
 * Roles: any, in the ledger.
 */
export const getQueueTicket = <ThrowOnError extends boolean = true>(options: Options<GetQueueTicketData, ThrowOnError>): RequestResult<GetQueueTicketResponses, GetQueueTicketErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetQueueTicketResponses, GetQueueTicketErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/flash-sales/{id}/queue/tickets/{customer_id}',
    ...options
});

/**
 * The numbers that were drawn at the start, to be checked by the seed
 *
 * Roles: any, in the ledger.
 */
export const getDraw = <ThrowOnError extends boolean = true>(options: Options<GetDrawData, ThrowOnError>): RequestResult<GetDrawResponses, GetDrawErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetDrawResponses, GetDrawErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/flash-sales/{id}/queue/draw',
    ...options
});

/**
 * How far a waiting queue is: a client subtracts its own number from the one that is served
 *
 * `queue`: as it is now, then at most once a second whenever it has changed. Silent until somebody has joined. It has no ids: who comes back is told what is true by then.
 *
 * Server-sent events, read with `fetch` or any library that sends the token in a header. `id` is a position of the ledger. A client
 * that comes back with `Last-Event-ID` gets what it missed; `retry` says after how long. The stream ends with `event: end` where its
 * token no longer holds, its user has another role, or the instance stops. A client that takes nothing for 20 s is cut off and comes back in the same way.
 *
 * Roles: any, in the ledger.
 */
export const streamQueue = <ThrowOnError extends boolean = true>(options: Options<StreamQueueData, ThrowOnError, StreamQueueResponse>): Promise<ServerSentEventsResult<StreamQueueResponses>> => (options.client ?? client).sse.get<StreamQueueResponses, StreamQueueErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/stream/queue',
    ...options
});

/**
 * Closes all open months up to this one: nothing may be dated in them any more
 *
 * Roles: admin, manager, in the ledger.
 */
export const closePeriod = <ThrowOnError extends boolean = true>(options: Options<ClosePeriodData, ThrowOnError>): RequestResult<ClosePeriodResponses, ClosePeriodErrors, ThrowOnError, 'data'> => (options.client ?? client).post<ClosePeriodResponses, ClosePeriodErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/periods/{month}/close',
    ...options
});

/**
 * Reopens the last closed month; says what stays closed
 *
 * Roles: admin, in the ledger.
 */
export const reopenPeriod = <ThrowOnError extends boolean = true>(options: Options<ReopenPeriodData, ThrowOnError>): RequestResult<ReopenPeriodResponses, ReopenPeriodErrors, ThrowOnError, 'data'> => (options.client ?? client).post<ReopenPeriodResponses, ReopenPeriodErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/periods/{month}/reopen',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Lists the months that are closed or were reopened, the latest first
 *
 * Roles: admin, manager, auditor, in the ledger.
 */
export const listPeriods = <ThrowOnError extends boolean = true>(options?: Options<ListPeriodsData, ThrowOnError>): RequestResult<ListPeriodsResponses, ListPeriodsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListPeriodsResponses, ListPeriodsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/periods',
    ...options
});

/**
 * Lists stock by item and location, with its value
 *
 * Roles: any, in the ledger.
 */
export const listStock = <ThrowOnError extends boolean = true>(options?: Options<ListStockData, ThrowOnError>): RequestResult<ListStockResponses, ListStockErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListStockResponses, ListStockErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/stock',
    ...options
});

/**
 * Gets the stock of an item, in total and by location
 *
 * Roles: any, in the ledger.
 */
export const getStock = <ThrowOnError extends boolean = true>(options: Options<GetStockData, ThrowOnError>): RequestResult<GetStockResponses, GetStockErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetStockResponses, GetStockErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/stock/{id}',
    ...options
});

/**
 * Lists the stock movements of an item, the last recorded first; staff see those of their own documents
 *
 * Roles: any, in the ledger.
 */
export const listMovements = <ThrowOnError extends boolean = true>(options: Options<ListMovementsData, ThrowOnError>): RequestResult<ListMovementsResponses, ListMovementsErrors, ThrowOnError, 'data'> => (options.client ?? client).get<ListMovementsResponses, ListMovementsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/stock/{id}/movements',
    ...options
});

/**
 * Explains the value and average cost of an item, movement by movement, the last recorded first
 *
 * Roles: any, in the ledger.
 */
export const explainStock = <ThrowOnError extends boolean = true>(options: Options<ExplainStockData, ThrowOnError>): RequestResult<ExplainStockResponses, ExplainStockErrors, ThrowOnError, 'data'> => (options.client ?? client).get<ExplainStockResponses, ExplainStockErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/stock/{id}/explain',
    ...options
});

/**
 * Lists what backdated events have changed of the costs of earlier documents, the last recorded first
 *
 * Roles: admin, manager, auditor, in the ledger.
 */
export const listAdjustments = <ThrowOnError extends boolean = true>(options?: Options<ListAdjustmentsData, ThrowOnError>): RequestResult<ListAdjustmentsResponses, ListAdjustmentsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListAdjustmentsResponses, ListAdjustmentsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/adjustments',
    ...options
});

/**
 * Streams the stock by item and location, and each change of it
 *
 * `state`: all places, in parts of 500; the last part has `complete: true` and the id. `change`: places as they are now, each at most five times a second. What happened between two changes of a place is not told.
 *
 * Server-sent events, read with `fetch` or any library that sends the token in a header. `id` is a position of the ledger. A client
 * that comes back with `Last-Event-ID` gets what it missed; `retry` says after how long. The stream ends with `event: end` where its
 * token no longer holds, its user has another role, or the instance stops. A client that takes nothing for 20 s is cut off and comes back in the same way.
 *
 * Roles: any, in the ledger.
 */
export const streamStock = <ThrowOnError extends boolean = true>(options?: Options<StreamStockData, ThrowOnError, StreamStockResponse>): Promise<ServerSentEventsResult<StreamStockResponses>> => (options?.client ?? client).sse.get<StreamStockResponses, StreamStockErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/stream/stock',
    ...options
});

/**
 * Streams every event of the ledger as it was recorded, in order, without gaps
 *
 * `state`: where the stream begins, if no position was asked for. `event`: one event, as `GET /audit/events` shows it.
 *
 * Server-sent events, read with `fetch` or any library that sends the token in a header. `id` is a position of the ledger. A client
 * that comes back with `Last-Event-ID` gets what it missed; `retry` says after how long. The stream ends with `event: end` where its
 * token no longer holds, its user has another role, or the instance stops. A client that takes nothing for 20 s is cut off and comes back in the same way.
 *
 * Roles: admin, auditor, in the ledger.
 */
export const streamEvents = <ThrowOnError extends boolean = true>(options?: Options<StreamEventsData, ThrowOnError, StreamEventsResponse>): Promise<ServerSentEventsResult<StreamEventsResponses>> => (options?.client ?? client).sse.get<StreamEventsResponses, StreamEventsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/stream/events',
    ...options
});

/**
 * Streams the orders that have not ended, and each change of an order; staff see their own
 *
 * `state`: orders of which more is to come, in parts of 500; the last part has `complete: true` and the id. `change`: orders as they are now, also those that have ended, each at most five times a second.
 *
 * Server-sent events, read with `fetch` or any library that sends the token in a header. `id` is a position of the ledger. A client
 * that comes back with `Last-Event-ID` gets what it missed; `retry` says after how long. The stream ends with `event: end` where its
 * token no longer holds, its user has another role, or the instance stops. A client that takes nothing for 20 s is cut off and comes back in the same way.
 *
 * Roles: any, in the ledger.
 */
export const streamOrders = <ThrowOnError extends boolean = true>(options?: Options<StreamOrdersData, ThrowOnError, StreamOrdersResponse>): Promise<ServerSentEventsResult<StreamOrdersResponses>> => (options?.client ?? client).sse.get<StreamOrdersResponses, StreamOrdersErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/stream/orders',
    ...options
});

/**
 * Lists the webhooks of the ledger
 *
 * Roles: admin, auditor, in the ledger.
 */
export const listWebhooks = <ThrowOnError extends boolean = true>(options?: Options<ListWebhooksData, ThrowOnError>): RequestResult<ListWebhooksResponses, ListWebhooksErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListWebhooksResponses, ListWebhooksErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/webhooks',
    ...options
});

/**
 * Creates a webhook: the events of the ledger are sent to a URL from now on, signed, in order, at least once
 *
 * Roles: admin, in the ledger.
 */
export const createWebhook = <ThrowOnError extends boolean = true>(options: Options<CreateWebhookData, ThrowOnError>): RequestResult<CreateWebhookResponses, CreateWebhookErrors, ThrowOnError, 'data'> => (options.client ?? client).post<CreateWebhookResponses, CreateWebhookErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/webhooks',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Deletes a webhook and its attempts
 *
 * Roles: admin, in the ledger.
 */
export const removeWebhook = <ThrowOnError extends boolean = true>(options: Options<RemoveWebhookData, ThrowOnError>): RequestResult<RemoveWebhookResponses, RemoveWebhookErrors, ThrowOnError, 'data'> => (options.client ?? client).delete<RemoveWebhookResponses, RemoveWebhookErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/webhooks/{id}',
    ...options
});

/**
 * Gets a webhook, with how far it is
 *
 * Roles: admin, auditor, in the ledger.
 */
export const getWebhook = <ThrowOnError extends boolean = true>(options: Options<GetWebhookData, ThrowOnError>): RequestResult<GetWebhookResponses, GetWebhookErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetWebhookResponses, GetWebhookErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/webhooks/{id}',
    ...options
});

/**
 * Changes URL and events of a webhook, or pauses it; made active again it goes on where it was
 *
 * Roles: admin, in the ledger.
 */
export const changeWebhook = <ThrowOnError extends boolean = true>(options: Options<ChangeWebhookData, ThrowOnError>): RequestResult<ChangeWebhookResponses, ChangeWebhookErrors, ThrowOnError, 'data'> => (options.client ?? client).patch<ChangeWebhookResponses, ChangeWebhookErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/webhooks/{id}',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Rotates the secret; the old one signs as well for a while, so that nothing is refused
 *
 * Roles: admin, in the ledger.
 */
export const rotateWebhookSecret = <ThrowOnError extends boolean = true>(options: Options<RotateWebhookSecretData, ThrowOnError>): RequestResult<RotateWebhookSecretResponses, RotateWebhookSecretErrors, ThrowOnError, 'data'> => (options.client ?? client).post<RotateWebhookSecretResponses, RotateWebhookSecretErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/webhooks/{id}/secret',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Replays the events from a position on
 *
 * Roles: admin, in the ledger.
 */
export const replayWebhook = <ThrowOnError extends boolean = true>(options: Options<ReplayWebhookData, ThrowOnError>): RequestResult<ReplayWebhookResponses, ReplayWebhookErrors, ThrowOnError, 'data'> => (options.client ?? client).post<ReplayWebhookResponses, ReplayWebhookErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/webhooks/{id}/replay',
    ...options,
    headers: {
        'Content-Type': 'application/json',
        ...options.headers
    }
});

/**
 * Tests a webhook: sends an event of type WebhookTested now, and answers the result
 *
 * Roles: admin, in the ledger.
 */
export const testWebhook = <ThrowOnError extends boolean = true>(options: Options<TestWebhookData, ThrowOnError>): RequestResult<TestWebhookResponses, TestWebhookErrors, ThrowOnError, 'data'> => (options.client ?? client).post<TestWebhookResponses, TestWebhookErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/webhooks/{id}/test',
    ...options
});

/**
 * Lists delivery attempts and their answers, the last first; 30 days and 10,000 at most
 *
 * Roles: admin, auditor, in the ledger.
 */
export const listWebhookAttempts = <ThrowOnError extends boolean = true>(options: Options<ListWebhookAttemptsData, ThrowOnError>): RequestResult<ListWebhookAttemptsResponses, ListWebhookAttemptsErrors, ThrowOnError, 'data'> => (options.client ?? client).get<ListWebhookAttemptsResponses, ListWebhookAttemptsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/webhooks/{id}/attempts',
    ...options
});

/**
 * Gets the dashboard: the factory's main figures, now
 *
 * Roles: admin, manager, auditor, in the ledger.
 */
export const getDashboard = <ThrowOnError extends boolean = true>(options?: Options<GetDashboardData, ThrowOnError>): RequestResult<GetDashboardResponses, GetDashboardErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<GetDashboardResponses, GetDashboardErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/dashboard',
    ...options
});

/**
 * Profit and loss: revenue, cost of sales and profit
 *
 * Roles: admin, manager, auditor, viewer, in the ledger.
 */
export const getProfitLoss = <ThrowOnError extends boolean = true>(options?: Options<GetProfitLossData, ThrowOnError>): RequestResult<GetProfitLossResponses, GetProfitLossErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<GetProfitLossResponses, GetProfitLossErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/reports/profit-loss',
    ...options
});

/**
 * Aging of receivables and payables, by days since they were due
 *
 * Roles: admin, manager, auditor, viewer, in the ledger.
 */
export const getAging = <ThrowOnError extends boolean = true>(options?: Options<GetAgingData, ThrowOnError>): RequestResult<GetAgingResponses, GetAgingErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<GetAgingResponses, GetAgingErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/reports/aging',
    ...options
});

/**
 * Stock movement: opening, receipts and issues by kind, closing
 *
 * Roles: admin, manager, auditor, viewer, in the ledger.
 */
export const getStockMovement = <ThrowOnError extends boolean = true>(options?: Options<GetStockMovementData, ThrowOnError>): RequestResult<GetStockMovementResponses, GetStockMovementErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<GetStockMovementResponses, GetStockMovementErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/reports/stock-movement',
    ...options
});

/**
 * Stock valuation: quantity and value on hand
 *
 * Roles: admin, manager, auditor, viewer, in the ledger.
 */
export const getStockValuation = <ThrowOnError extends boolean = true>(options?: Options<GetStockValuationData, ThrowOnError>): RequestResult<GetStockValuationResponses, GetStockValuationErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<GetStockValuationResponses, GetStockValuationErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/reports/stock-valuation',
    ...options
});

/**
 * Sales by customer, less returns
 *
 * Roles: admin, manager, auditor, viewer, in the ledger.
 */
export const getCustomerSales = <ThrowOnError extends boolean = true>(options?: Options<GetCustomerSalesData, ThrowOnError>): RequestResult<GetCustomerSalesResponses, GetCustomerSalesErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<GetCustomerSalesResponses, GetCustomerSalesErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/reports/customer-sales',
    ...options
});

/**
 * Costs by supplier: purchased, paid and owed
 *
 * Roles: admin, manager, auditor, viewer, in the ledger.
 */
export const getSupplierCosts = <ThrowOnError extends boolean = true>(options?: Options<GetSupplierCostsData, ThrowOnError>): RequestResult<GetSupplierCostsResponses, GetSupplierCostsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<GetSupplierCostsResponses, GetSupplierCostsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/reports/supplier-costs',
    ...options
});

/**
 * Trends: revenue, cost, profit, purchases and waste by period
 *
 * Roles: admin, manager, auditor, viewer, in the ledger.
 */
export const getTrends = <ThrowOnError extends boolean = true>(options?: Options<GetTrendsData, ThrowOnError>): RequestResult<GetTrendsResponses, GetTrendsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<GetTrendsResponses, GetTrendsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/reports/trends',
    ...options
});

/**
 * Restatement: a report as known at two times, and the events that changed it
 *
 * Roles: admin, manager, auditor, viewer, in the ledger.
 */
export const getRestatement = <ThrowOnError extends boolean = true>(options: Options<GetRestatementData, ThrowOnError>): RequestResult<GetRestatementResponses, GetRestatementErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetRestatementResponses, GetRestatementErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/reports/restatement',
    ...options
});

/**
 * Gets the state of the ledger at a moment, folded from the log alone
 *
 * Roles: admin, auditor, in the ledger.
 */
export const getState = <ThrowOnError extends boolean = true>(options?: Options<GetStateData, ThrowOnError>): RequestResult<GetStateResponses, GetStateErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<GetStateResponses, GetStateErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/audit/state',
    ...options
});

/**
 * Gets the head of the hash chain, which covers every event so far; keep it, and verify later
 *
 * Roles: admin, auditor, in the ledger.
 */
export const getChainHead = <ThrowOnError extends boolean = true>(options?: Options<GetChainHeadData, ThrowOnError>): RequestResult<GetChainHeadResponses, GetChainHeadErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<GetChainHeadResponses, GetChainHeadErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/audit/chain/head',
    ...options
});

/**
 * Lists the signed checkpoints, the oldest first
 *
 * Roles: admin, auditor, in the ledger.
 */
export const listCheckpoints = <ThrowOnError extends boolean = true>(options?: Options<ListCheckpointsData, ThrowOnError>): RequestResult<ListCheckpointsResponses, ListCheckpointsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListCheckpointsResponses, ListCheckpointsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/audit/checkpoints',
    ...options
});

/**
 * Signs a checkpoint of what is recorded now
 *
 * Roles: admin, auditor, in the ledger.
 */
export const makeCheckpoint = <ThrowOnError extends boolean = true>(options?: Options<MakeCheckpointData, ThrowOnError>): RequestResult<MakeCheckpointResponses, MakeCheckpointErrors, ThrowOnError, 'data'> => (options?.client ?? client).post<MakeCheckpointResponses, MakeCheckpointErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/audit/checkpoints',
    ...options
});

/**
 * Proves a document: its events with the hashes that lead to a signed checkpoint, which is made where none covers it
 *
 * Roles: admin, auditor, in the ledger.
 */
export const proveDocument = <ThrowOnError extends boolean = true>(options: Options<ProveDocumentData, ThrowOnError>): RequestResult<ProveDocumentResponses, ProveDocumentErrors, ThrowOnError, 'data'> => (options.client ?? client).get<ProveDocumentResponses, ProveDocumentErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/audit/proofs/{number}',
    ...options
});

/**
 * Exports all events with their hash chain and checkpoints, one JSON a line
 *
 * Roles: admin, auditor, in the ledger.
 */
export const exportLedger = <ThrowOnError extends boolean = true>(options?: Options<ExportLedgerData, ThrowOnError>): RequestResult<ExportLedgerResponses, ExportLedgerErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ExportLedgerResponses, ExportLedgerErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/audit/export',
    ...options
});

/**
 * Starts a verification, which compares every row of the read models with the log; for auditors of all ledgers also the users with the security events
 *
 * Roles: admin, auditor, in the ledger.
 */
export const verify = <ThrowOnError extends boolean = true>(options?: Options<VerifyData, ThrowOnError>): RequestResult<VerifyResponses, VerifyErrors, ThrowOnError, 'data'> => (options?.client ?? client).post<VerifyResponses, VerifyErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/audit/verifications',
    ...options
});

/**
 * Gets the progress of a verification, then its result
 *
 * Roles: admin, auditor, in the ledger.
 */
export const getVerification = <ThrowOnError extends boolean = true>(options: Options<GetVerificationData, ThrowOnError>): RequestResult<GetVerificationResponses, GetVerificationErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetVerificationResponses, GetVerificationErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/audit/verifications/{id}',
    ...options
});

/**
 * Lists all events as they were recorded: who did what, when
 *
 * Roles: admin, auditor, in the ledger.
 */
export const listEvents = <ThrowOnError extends boolean = true>(options?: Options<ListEventsData, ThrowOnError>): RequestResult<ListEventsResponses, ListEventsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListEventsResponses, ListEventsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/audit/events',
    ...options
});

/**
 * Who signed in, failed, was locked, made or changed a user. They are of no ledger: as_of, from and to cut them by when they happened, known_at and the recorded time of position by when the log recorded them
 *
 * Roles: admin, auditor, in all ledgers.
 */
export const listSecurityEvents = <ThrowOnError extends boolean = true>(options?: Options<ListSecurityEventsData, ThrowOnError>): RequestResult<ListSecurityEventsResponses, ListSecurityEventsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<ListSecurityEventsResponses, ListSecurityEventsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/audit/security-events',
    ...options
});

/**
 * Every change of a thing: who, when, what, each field before and after. Kind: item, supplier, customer, location, account, user, bill, or a kind of document, also as its path has it. Of a user: their acts in the ledger and the security events by or about them, by the time at which each was noted, which is also what from and to mean for these; they have no position: as_of cuts them by that time, known_at by when the log recorded them, and position by the recorded time of that event
 *
 * Roles: admin, auditor, in the ledger.
 */
export const getHistory = <ThrowOnError extends boolean = true>(options: Options<GetHistoryData, ThrowOnError>): RequestResult<GetHistoryResponses, GetHistoryErrors, ThrowOnError, 'data'> => (options.client ?? client).get<GetHistoryResponses, GetHistoryErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/audit/history/{kind}/{id}',
    ...options
});

/**
 * Gets position and lag of the read models
 *
 * Roles: admin, manager, auditor, in all ledgers.
 */
export const getProjections = <ThrowOnError extends boolean = true>(options?: Options<GetProjectionsData, ThrowOnError>): RequestResult<GetProjectionsResponses, GetProjectionsErrors, ThrowOnError, 'data'> => (options?.client ?? client).get<GetProjectionsResponses, GetProjectionsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/projections',
    ...options
});

/**
 * Rebuilds the read models from the log, beside the live ones; GET /projections shows the progress
 *
 * Roles: admin, in all ledgers.
 */
export const rebuildProjections = <ThrowOnError extends boolean = true>(options?: Options<RebuildProjectionsData, ThrowOnError>): RequestResult<RebuildProjectionsResponses, RebuildProjectionsErrors, ThrowOnError, 'data'> => (options?.client ?? client).post<RebuildProjectionsResponses, RebuildProjectionsErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/projections/rebuild',
    ...options
});

/**
 * Executes many commands in one request, streamed both ways
 *
 * Lines are carried out in their order; one that is refused does not stop the rest. Answers come while lines are still being sent, in the same order: read them meanwhile, for a client that does not is not read from either. With `atomic=true` all lines are recorded in one append or none is, and the problem names the `line`.
 *
 * Roles: admin, manager, staff, in the ledger.
 */
export const recordBatch = <ThrowOnError extends boolean = true>(options: Options<RecordBatchData, ThrowOnError>): RequestResult<RecordBatchResponses, RecordBatchErrors, ThrowOnError, 'data'> => (options.client ?? client).post<RecordBatchResponses, RecordBatchErrors, ThrowOnError, 'data'>({
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/batches',
    ...options,
    headers: {
        'Content-Type': 'application/x-ndjson',
        ...options.headers
    }
});

/**
 * Records the lines of a CSV file as documents or master data
 *
 * The first line names the columns: the fields of the command, as in our own exports, or other names by `mapping`. Text in UTF-8, separated by commas, semicolons or tabs. Each document is a command of its own, as in `/batches`: one that is refused does not stop the rest, and is in the report with its lines. With an `Idempotency-Key` the same file can be sent again within a day, also with lines mended or added: what was recorded is not recorded twice.
 *
 * Roles: admin, manager, staff, in the ledger.
 */
export const importCsv = <ThrowOnError extends boolean = true>(options: Options<ImportCsvData, ThrowOnError>): RequestResult<ImportCsvResponses, ImportCsvErrors, ThrowOnError, 'data'> => (options.client ?? client).post<ImportCsvResponses, ImportCsvErrors, ThrowOnError, 'data'>({
    bodySerializer: null,
    responseStyle: 'data',
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/api/v1/imports',
    ...options,
    headers: {
        'Content-Type': 'text/csv',
        ...options.headers
    }
});
