// Made by `npm run client`.
import type {
  IdempotencyKeyReused,
  UnknownLedger,
  LedgerExists,
  BatchTooLarge,
  Validation,
  UnknownItem,
  UnknownSupplier,
  UnknownCustomer,
  UnknownLocation,
  UnknownAccount,
  UnknownDocument,
  UnknownApproval,
  UnknownReservation,
  UnknownFlashSale,
  UnknownOrder,
  ChangedSince,
  FlashSaleClosed,
  SoldOut,
  InactiveItem,
  InactiveSupplier,
  InactiveCustomer,
  InactiveLocation,
  InactiveAccount,
  EffectiveInFuture,
  PeriodClosed,
  PeriodNotOver,
  PeriodNotClosed,
  AlreadyExists,
  NotEmpty,
  ControlAccount,
  StandardAccount,
  NotAMoneyAccount,
  SameLocation,
  SameAccount,
  NotVoidable,
  NotReturnable,
  NotPayable,
  EffectiveBeforeDocument,
  AlreadyVoid,
  HasPayments,
  HasLateCosts,
  NotCostable,
  HasReturns,
  AlreadyPaid,
  Overpayment,
  ReturnExceedsBill,
  HasWriteOffs,
  ApprovalDecided,
  NotAnApprover,
  SelfApproval,
  NotTheRequester,
  ReservationExpired,
  ReservationEnded,
  ExceedsReservation,
  FlashSaleNotBegun,
  NoQueue,
  NotTogether,
  PassRequired,
  PassInvalid,
  PassOfAnother,
  PassUsed,
  PassExpired,
  ExceedsCustomerLimit,
  ChargeUnderWay,
  OrderEnded,
  CountedSince,
  BackdatedBeyondHistory,
  TooManyAdjustments,
  InsufficientStock,
  InsufficientFunds,
  AmountOutOfBounds,
  MalformedRequest,
  MalformedJson,
  MalformedCsv,
  InvalidParameter,
  ListTooBroad,
  OnlyAtPresent,
  SignInFailed,
  InvalidLogoutToken,
  InvalidIdempotencyKey,
  Unauthenticated,
  PasswordExpired,
  InvalidCredentials,
  Forbidden,
  NoAccess,
  SignInTooWeak,
  PasswordChangeRequired,
  SecondFactorRequired,
  EnrolmentRequired,
  ReauthenticationRequired,
  WrongFactor,
  SecondAdminRequired,
  TooManyFactors,
  LastFactor,
  WrongPassword,
  UnknownRoute,
  UnknownUser,
  UnknownRecord,
  RequestTimeout,
  UrlRefused,
  TooManyWebhooks,
  UserExists,
  ManagedByIssuer,
  LastAdmin,
  LedgerHalted,
  ProjectionHalted,
  LogTampered,
  PayloadTooLarge,
  HeadersTooLarge,
  UriTooLong,
  UnsupportedMediaType,
  AccountLocked,
  RateLimited,
  TooManyStreams,
  TooManyRequests,
  InternalError,
  Overloaded,
  ClockAhead,
  LogUnavailable,
  OutcomeUnknown,
  ProjectionBehind,
  IssuerUnavailable,
  Unavailable,
} from './types.gen.js';

export type AnyProblem =
  | IdempotencyKeyReused
  | UnknownLedger
  | LedgerExists
  | BatchTooLarge
  | Validation
  | UnknownItem
  | UnknownSupplier
  | UnknownCustomer
  | UnknownLocation
  | UnknownAccount
  | UnknownDocument
  | UnknownApproval
  | UnknownReservation
  | UnknownFlashSale
  | UnknownOrder
  | ChangedSince
  | FlashSaleClosed
  | SoldOut
  | InactiveItem
  | InactiveSupplier
  | InactiveCustomer
  | InactiveLocation
  | InactiveAccount
  | EffectiveInFuture
  | PeriodClosed
  | PeriodNotOver
  | PeriodNotClosed
  | AlreadyExists
  | NotEmpty
  | ControlAccount
  | StandardAccount
  | NotAMoneyAccount
  | SameLocation
  | SameAccount
  | NotVoidable
  | NotReturnable
  | NotPayable
  | EffectiveBeforeDocument
  | AlreadyVoid
  | HasPayments
  | HasLateCosts
  | NotCostable
  | HasReturns
  | AlreadyPaid
  | Overpayment
  | ReturnExceedsBill
  | HasWriteOffs
  | ApprovalDecided
  | NotAnApprover
  | SelfApproval
  | NotTheRequester
  | ReservationExpired
  | ReservationEnded
  | ExceedsReservation
  | FlashSaleNotBegun
  | NoQueue
  | NotTogether
  | PassRequired
  | PassInvalid
  | PassOfAnother
  | PassUsed
  | PassExpired
  | ExceedsCustomerLimit
  | ChargeUnderWay
  | OrderEnded
  | CountedSince
  | BackdatedBeyondHistory
  | TooManyAdjustments
  | InsufficientStock
  | InsufficientFunds
  | AmountOutOfBounds
  | MalformedRequest
  | MalformedJson
  | MalformedCsv
  | InvalidParameter
  | ListTooBroad
  | OnlyAtPresent
  | SignInFailed
  | InvalidLogoutToken
  | InvalidIdempotencyKey
  | Unauthenticated
  | PasswordExpired
  | InvalidCredentials
  | Forbidden
  | NoAccess
  | SignInTooWeak
  | PasswordChangeRequired
  | SecondFactorRequired
  | EnrolmentRequired
  | ReauthenticationRequired
  | WrongFactor
  | SecondAdminRequired
  | TooManyFactors
  | LastFactor
  | WrongPassword
  | UnknownRoute
  | UnknownUser
  | UnknownRecord
  | RequestTimeout
  | UrlRefused
  | TooManyWebhooks
  | UserExists
  | ManagedByIssuer
  | LastAdmin
  | LedgerHalted
  | ProjectionHalted
  | LogTampered
  | PayloadTooLarge
  | HeadersTooLarge
  | UriTooLong
  | UnsupportedMediaType
  | AccountLocked
  | RateLimited
  | TooManyStreams
  | TooManyRequests
  | InternalError
  | Overloaded
  | ClockAhead
  | LogUnavailable
  | OutcomeUnknown
  | ProjectionBehind
  | IssuerUnavailable
  | Unavailable;
