/** The routes that give orders. Each is one line: which order of the table (orders.ts), and what the path names. */
import { Controller, Delete, Param, Patch, Post, type Type } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type DocumentKind, kindOf } from '../../../libs/ledger/calendar.js';
import type { MasterKind } from '../../../libs/ledger/events.js';
import { Commands } from '../http/commands.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { Problem } from '../http/problem.js';
import { ApiOrder } from './order-docs.js';
import { commandAt, DOCUMENT_PATHS, type OrderWord, recordedStatus } from './orders.js';

function give(commands: Commands, { request, reply }: Exchange, word: OrderWord, id?: string) {
  return commands.give(request, reply, commandAt(word, id, request.body), recordedStatus(word));
}

/** A number under the path of another kind of document is no document there. */
function ofKind(kind: DocumentKind, number: string): string {
  if (kindOf(number) !== kind) throw new Problem('unknown_document', { number });
  return number;
}

type Fact = Exclude<DocumentKind, 'return' | 'approval' | 'reservation'>;
function factController(kind: Fact): Type {
  const { path, view } = DOCUMENT_PATHS[kind];
  @ApiTags(path)
  @Controller(path)
  class FactController {
    constructor(private readonly commands: Commands) {}

    @Post()
    @ApiOrder(path, {
      operation: `record${view}`,
      summary: `Records a ${spoken(kind)}`,
      answer: view,
      approvable: true,
    })
    record(@TheExchange() exchange: Exchange) {
      return give(this.commands, exchange, path);
    }

    @Post(':number/void')
    @ApiOrder('voids', { operation: `void${view}`, summary: `Takes a ${spoken(kind)} back whole`, answer: view })
    void(@TheExchange() exchange: Exchange, @Param('number') number: string) {
      return give(this.commands, exchange, 'voids', ofKind(kind, number));
    }
  }
  return renamed(FactController, `Record${view}Controller`);
}

function billController(kind: 'sale' | 'purchase'): Type {
  const { path, view } = DOCUMENT_PATHS[kind];
  @ApiTags(path)
  @Controller(path)
  class BillController {
    constructor(private readonly commands: Commands) {}

    @Post(':number/returns')
    @ApiOrder('returns', {
      operation: `return${view}`,
      summary: `Takes part of a ${kind} back`,
      answer: 'Return',
      approvable: true,
    })
    takeBack(@TheExchange() exchange: Exchange, @Param('number') number: string) {
      return give(this.commands, exchange, 'returns', ofKind(kind, number));
    }
  }
  return renamed(BillController, `Return${view}Controller`);
}

function masterDataController(kind: MasterKind): Type {
  const view = `${kind[0]!.toUpperCase()}${kind.slice(1)}` as Capitalize<MasterKind>;
  const path = `${kind}s` as const;
  @ApiTags(path)
  @Controller(path)
  class MasterDataController {
    constructor(private readonly commands: Commands) {}

    @Post()
    @ApiOrder(path, { operation: `register${view}`, summary: `Registers a new ${kind}`, answer: view })
    register(@TheExchange() exchange: Exchange) {
      return give(this.commands, exchange, path);
    }

    @Patch(':id')
    @ApiOrder(`${path}/change`, {
      operation: `change${view}`,
      summary: `Changes what is given, and only that; \`active: false\` deactivates`,
      answer: view,
    })
    change(@TheExchange() exchange: Exchange, @Param('id') id: string) {
      return give(this.commands, exchange, `${path}/change`, id);
    }
  }
  return renamed(MasterDataController, `Register${view}Controller`);
}

@ApiTags('returns')
@Controller('returns')
class ReturnsController {
  constructor(private readonly commands: Commands) {}

  @Post(':number/void')
  @ApiOrder('voids', { operation: 'voidReturn', summary: 'Takes a return back', answer: 'Return' })
  void(@TheExchange() exchange: Exchange, @Param('number') number: string) {
    return give(this.commands, exchange, 'voids', ofKind('return', number));
  }
}

@ApiTags('approvals')
@Controller('approvals/:id')
class ApprovalsController {
  constructor(private readonly commands: Commands) {}

  @Post('approve')
  @ApiOrder('approvals/approve', {
    operation: 'approve',
    summary: 'Carries out what waits, decided on the state of now; never by who asked for it',
    answer: 'ApprovedDocument',
  })
  approve(@TheExchange() exchange: Exchange, @Param('id') id: string) {
    return give(this.commands, exchange, 'approvals/approve', id);
  }

  @Post('reject')
  @ApiOrder('approvals/reject', { operation: 'reject', summary: 'Refuses what waits', answer: 'Approval' })
  reject(@TheExchange() exchange: Exchange, @Param('id') id: string) {
    return give(this.commands, exchange, 'approvals/reject', id);
  }

  @Post('withdraw')
  @ApiOrder('approvals/withdraw', {
    operation: 'withdraw',
    summary: 'Takes the request back; only by who asked for it',
    answer: 'Approval',
  })
  withdraw(@TheExchange() exchange: Exchange, @Param('id') id: string) {
    return give(this.commands, exchange, 'approvals/withdraw', id);
  }
}

@ApiTags('approvals')
@Controller('approval-thresholds')
class ThresholdsController {
  constructor(private readonly commands: Commands) {}

  @Post()
  @ApiOrder('approval-thresholds', {
    operation: 'changeApprovalThreshold',
    summary: 'From now on two people are needed for what is worth more; requests that wait go on waiting',
    answer: 'ChangedThreshold',
  })
  change(@TheExchange() exchange: Exchange) {
    return give(this.commands, exchange, 'approval-thresholds');
  }
}

@ApiTags('reservations')
@Controller('reservations')
class ReservationsController {
  constructor(private readonly commands: Commands) {}

  @Post()
  @ApiOrder('reservations', {
    operation: 'reserveStock',
    summary: 'Sets pieces aside for a limited time, all lines or none',
    answer: 'Reservation',
  })
  reserve(@TheExchange() exchange: Exchange) {
    return give(this.commands, exchange, 'reservations');
  }

  @Post(':id/checkout')
  @ApiOrder('reservations/checkout', {
    operation: 'checkOutReservation',
    summary: 'Makes it a sale, once; what is not taken is released',
    answer: 'Sale',
    approvable: true,
  })
  checkOut(@TheExchange() exchange: Exchange, @Param('id') id: string) {
    return give(this.commands, exchange, 'reservations/checkout', id);
  }

  @Delete(':id')
  @ApiOrder('reservations/release', {
    operation: 'releaseReservation',
    summary: 'Lets the pieces go',
    answer: 'Reservation',
  })
  release(@TheExchange() exchange: Exchange, @Param('id') id: string) {
    return give(this.commands, exchange, 'reservations/release', id);
  }
}

@ApiTags('periods')
@Controller('periods/:month')
class PeriodsController {
  constructor(private readonly commands: Commands) {}

  @Post('close')
  @ApiOrder('periods/close', {
    operation: 'closePeriod',
    summary: 'Closes each month up to this one that is still open: nothing may be dated in them any more',
    answer: 'ClosedPeriod',
  })
  close(@TheExchange() exchange: Exchange, @Param('month') month: string) {
    return give(this.commands, exchange, 'periods/close', month);
  }

  @Post('reopen')
  @ApiOrder('periods/reopen', {
    operation: 'reopenPeriod',
    summary: 'Opens the last closed month again; says what stays closed',
    answer: 'ReopenedPeriod',
  })
  reopen(@TheExchange() exchange: Exchange, @Param('month') month: string) {
    return give(this.commands, exchange, 'periods/reopen', month);
  }
}

/** What a class is called is what Nest says of it in its messages. */
function renamed(controller: Type, name: string): Type {
  Object.defineProperty(controller, 'name', { value: name });
  return controller;
}
function spoken(kind: DocumentKind): string {
  return kind.replace('_', ' ');
}

const FACTS: Fact[] = [
  'purchase',
  'blow',
  'sale',
  'waste',
  'stock_transfer',
  'transfer',
  'payment',
  'write_off',
  'stock_count',
];
const MASTER: MasterKind[] = ['item', 'supplier', 'customer', 'location', 'account'];

export const ORDER_CONTROLLERS: Type[] = [
  ...MASTER.map(masterDataController),
  ...FACTS.map(factController),
  billController('sale'),
  billController('purchase'),
  ReturnsController,
  ApprovalsController,
  ThresholdsController,
  ReservationsController,
  PeriodsController,
];
