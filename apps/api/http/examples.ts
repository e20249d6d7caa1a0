/** Made by `npm run examples` of a run of docs/walkthrough.http. */
export const EXAMPLES: Record<string, unknown> = {
 "Account": {
  "account_id": "savings",
  "may_go_negative": false,
  "name": "Savings",
  "type": "asset",
  "active": true,
  "position": 19
 },
 "AccountBalance": {
  "account_id": "inventory",
  "name": "Inventory",
  "type": "asset",
  "may_go_negative": false,
  "active": true,
  "position": 57,
  "debit": 7197.25,
  "credit": 0,
  "balance": 7197.25
 },
 "AccountBody": {
  "account_id": "savings",
  "name": "Savings",
  "type": "asset"
 },
 "AccountChangeBody": {
  "name": "Savings at the other bank"
 },
 "AdjustedBy": [
  "LC-260401-0001"
 ],
 "AdjustedMoney": 1500,
 "Adjusts": {
  "documents": 11,
  "amount": 290.63,
  "cost_of_sales": 55
 },
 "Aging": {
  "data": [
   {
    "owed": "to_us",
    "party_id": "CUST-001",
    "not_due": 0,
    "days_0_30": 100,
    "days_31_60": 0,
    "days_61_90": 0,
    "days_over_90": 0,
    "total": 100,
    "href": "/api/v1/sales?customer_id=CUST-001&as_of=2026-03-31&position=57"
   },
   {
    "owed": "to_us",
    "party_id": "CUST-002",
    "not_due": 0,
    "days_0_30": 150,
    "days_31_60": 0,
    "days_61_90": 0,
    "days_over_90": 0,
    "total": 150,
    "href": "/api/v1/sales?customer_id=CUST-002&as_of=2026-03-31&position=57"
   }
  ],
  "next_cursor": null,
  "position": 57,
  "totals": {
   "to_us": {
    "not_due": 0,
    "days_0_30": 250,
    "days_31_60": 0,
    "days_61_90": 0,
    "days_over_90": 0,
    "total": 250
   },
   "by_us": {
    "not_due": 1175,
    "days_0_30": 6000,
    "days_31_60": 0,
    "days_61_90": 0,
    "days_over_90": 0,
    "total": 7175
   }
  }
 },
 "Approval": {
  "kind": "approval",
  "number": "AP-260401-0001",
  "approval_id": "AP-260401-0001",
  "command": {
   "type": "record_purchase",
   "supplier_id": "SUP-PET",
   "line_items": [
    {
     "item_id": "preform-28g",
     "quantity": 100000,
     "unit_price": "0.06"
    }
   ],
   "effective_at": "2026-03-03T09:00:00.000Z"
  },
  "amount": 6000,
  "threshold": 5000,
  "expires_at": "2026-05-01T08:00:00.000Z",
  "requested_by": "sam",
  "status": "pending",
  "created_by": "sam",
  "effective_at": "2026-04-01T08:00:00.000Z",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "position": 23
 },
 "ApprovedDocument": {
  "kind": "approval",
  "number": "AP-260401-0001",
  "approval_id": "AP-260401-0001",
  "command": {
   "type": "record_purchase",
   "supplier_id": "SUP-PET",
   "line_items": [
    {
     "item_id": "preform-28g",
     "quantity": 100000,
     "unit_price": "0.06"
    }
   ],
   "effective_at": "2026-03-03T09:00:00.000Z"
  },
  "amount": 6000,
  "threshold": 5000,
  "expires_at": "2026-05-01T08:00:00.000Z",
  "requested_by": "sam",
  "status": "approved",
  "decided_by": "mia",
  "decided_at": "2026-04-01T08:00:00.000Z",
  "result_number": "PO-260401-0002",
  "created_by": "sam",
  "effective_at": "2026-04-01T08:00:00.000Z",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "position": 24,
  "document": {
   "kind": "purchase",
   "number": "PO-260401-0002",
   "bill_number": "PO-260401-0002",
   "supplier_id": "SUP-PET",
   "location_id": "main",
   "line_items": [
    {
     "item_id": "preform-28g",
     "quantity": 100000,
     "unit_price": 0.06,
     "total_price": 6000
    }
   ],
   "total_price": 6000,
   "approval_id": "AP-260401-0001",
   "requested_by": "sam",
   "payment_status": "pending",
   "paid_amount": 0,
   "returned_amount": 0,
   "open_amount": 6000,
   "written_off_amount": 0,
   "payments": [],
   "returns": [],
   "write_offs": [],
   "late_costs": [],
   "status": "confirmed",
   "created_by": "sam",
   "approved_by": "mia",
   "effective_at": "2026-03-03T09:00:00.000Z",
   "recorded_at": "2026-04-01T08:00:00.000Z",
   "position": 25
  }
 },
 "AuditEvent": {
  "position": 37,
  "type": "ReservationExpired",
  "actor": "system",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "effective_at": "2026-04-01T08:00:00.000Z",
  "data": {
   "reservation_id": "RV-260401-0001",
   "holds": [
    {
     "item_id": "bottle-500ml",
     "location_id": "main",
     "quantity": -2000
    }
   ]
  },
  "metadata": {
   "actor": "system",
   "recorded_at": "2026-04-01T08:00:00.000Z",
   "effective_at": "2026-04-01T08:00:00.000Z",
   "idempotency_key": "expire:RV-260401-0001",
   "previous_hash": "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742",
   "previous_positions": [
    36
   ],
   "hash": "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742"
  }
 },
 "BatchLine": {
  "type": "transfers",
  "body": {
   "from_account_id": "bank",
   "to_account_id": "conversion",
   "amount": 1200,
   "effective_at": "2026-03-30T09:00:00Z"
  }
 },
 "BatchResult": {
  "line": 1,
  "status": 201,
  "body": {
   "kind": "transfer",
   "number": "MT-260401-0003",
   "from_account_id": "bank",
   "to_account_id": "conversion",
   "amount": 1200,
   "status": "confirmed",
   "created_by": "mia",
   "effective_at": "2026-03-30T09:00:00.000Z",
   "recorded_at": "2026-04-01T08:00:00.000Z",
   "position": 51
  }
 },
 "Blow": {
  "kind": "blow",
  "number": "BL-260401-0001",
  "location_id": "main",
  "inputs": [
   {
    "item_id": "preform-28g",
    "quantity": 40000,
    "cost": 2100
   }
  ],
  "outputs": [
   {
    "item_id": "bottle-500ml",
    "quantity": 39000,
    "cost": 2827.5
   }
  ],
  "rejected_quantity": 1000,
  "rejected_cost": 52.5,
  "conversion_cost": 780,
  "status": "confirmed",
  "created_by": "sam",
  "effective_at": "2026-03-04T09:00:00.000Z",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "position": 28
 },
 "BlowBody": {
  "inputs": [
   {
    "item_id": "preform-28g",
    "quantity": 40000
   }
  ],
  "outputs": [
   {
    "item_id": "bottle-500ml",
    "quantity": 39000
   }
  ],
  "rejected_quantity": 1000,
  "conversion_cost": 780,
  "effective_at": "2026-03-04T09:00:00Z"
 },
 "ChangePasswordBody": {
  "current_password": "the one that was generated",
  "new_password": "correct horse battery"
 },
 "ChangeQueueBody": {
  "per_minute": 1200,
  "pass_seconds": 120,
  "passes_max": 500,
  "passes_per_piece": 2
 },
 "ChangeUserBody": {
  "role": "staff",
  "ledger_id": "walkthrough",
  "active": true
 },
 "ChangedThreshold": {
  "approval_threshold": 4000,
  "previous_threshold": 5000,
  "reason": "the new manager asked for it",
  "created_by": "admin",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "position": 65
 },
 "CheckOutBody": {
  "line_items": [
   {
    "item_id": "bottle-500ml",
    "quantity": 2000,
    "unit_price": 0.16
   }
  ]
 },
 "Checkpoint": {
  "ledger": "walkthrough",
  "size": 58,
  "head_position": 57,
  "head_hash": "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742",
  "merkle_root": "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "key_id": "5d41402abc4b2a76",
  "public_key": "bm90IGEgcmVhbCBrZXk",
  "signature": "bm90IGEgcmVhbCBzaWduYXR1cmU"
 },
 "CloseFlashSaleBody": {
  "reason": "the end of the walk"
 },
 "ClosedPeriod": {
  "month": "2026-03",
  "status": "closed",
  "trial_balance": [
   {
    "account_id": "bank",
    "balance": 19725
   },
   {
    "account_id": "cash",
    "balance": 1000
   }
  ],
  "stock_value": 7275,
  "months_closed": [
   "2026-03"
  ],
  "created_by": "mia",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "position": 55
 },
 "CodeBody": {
  "code": "492039"
 },
 "CostAdjustment": {
  "position": 54,
  "cause": "LC-260401-0001",
  "number": "RT-260401-0001",
  "type": "SaleReturned",
  "of_position": 32,
  "item_id": "bottle-500ml",
  "location_id": "main",
  "value": 1.25,
  "effective_at": "2026-03-11T09:00:00.000Z",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "actor": "sam",
  "href": "/api/v1/returns/RT-260401-0001",
  "cause_href": "/api/v1/late-costs/LC-260401-0001"
 },
 "CostLine": {
  "item_id": "preform-28g",
  "quantity": 40000,
  "cost": 2100
 },
 "Customer": {
  "customer_id": "CUST-001",
  "name": "Spring Water",
  "email": "orders@spring-water.example",
  "active": true,
  "position": 16
 },
 "CustomerBody": {
  "customer_id": "CUST-001",
  "name": "Spring Water",
  "email": "orders@spring-water.example"
 },
 "CustomerSales": {
  "data": [
   {
    "month": null,
    "from": "2026-03-01",
    "to": "2026-03-31",
    "customer_id": "CUST-001",
    "name": "Spring Water Ltd",
    "quantity": 20000,
    "revenue": 3025,
    "cost": 1500,
    "profit": 1525,
    "href": "/api/v1/sales?customer_id=CUST-001&from=2026-03-01&to=2026-03-31&position=71"
   },
   {
    "month": null,
    "from": "2026-03-01",
    "to": "2026-03-31",
    "customer_id": "CUST-002",
    "name": "Lemonade Ltd",
    "quantity": 1000,
    "revenue": 150,
    "cost": 75,
    "profit": 75,
    "href": "/api/v1/sales?customer_id=CUST-002&from=2026-03-01&to=2026-03-31&position=71"
   }
  ],
  "next_cursor": null,
  "position": 71,
  "totals": {
   "quantity": 21000,
   "revenue": 3175,
   "cost": 1575,
   "profit": 1600
  }
 },
 "Dashboard": {
  "day": "2026-04-01",
  "stock": {
   "items": 2,
   "pieces": 124750,
   "reserved": 0,
   "value": 7197.25
  },
  "low_stock": [],
  "today": {
   "quantity": 1000,
   "revenue": 170,
   "cost": 75,
   "profit": 95
  },
  "owed": {
   "to_us": 420,
   "by_us": 7175
  },
  "last_documents": [
   {
    "kind": "late_cost",
    "number": "LC-260401-0001",
    "bill_number": "PO-260401-0001",
    "supplier_id": "CARRIER",
    "location_id": "main",
    "basis": "quantity",
    "amount": 375,
    "line_items": [
     {
      "item_id": "preform-28g",
      "quantity": 48000,
      "amount": 375,
      "capitalised": 375,
      "expensed": 0
     }
    ],
    "capitalised": 375,
    "expensed": 0,
    "reason": "freight",
    "due_date": "2026-04-30",
    "payment_status": "pending",
    "paid_amount": 0,
    "returned_amount": 0,
    "open_amount": 375,
    "written_off_amount": 0,
    "payments": [],
    "returns": [],
    "write_offs": [],
    "status": "confirmed",
    "created_by": "sam",
    "effective_at": "2026-03-02T11:00:00.000Z",
    "recorded_at": "2026-04-01T08:00:00.000Z",
    "position": 54
   },
   {
    "kind": "sale",
    "number": "SO-260401-0004",
    "bill_number": "SO-260401-0004",
    "customer_id": "CUST-001",
    "location_id": "yard",
    "line_items": [
     {
      "item_id": "bottle-500ml",
      "quantity": 500,
      "unit_price": 0.2,
      "total_price": 100,
      "cost": 36.25,
      "profit": 63.75,
      "adjusted_cost": 37.5,
      "adjusted_profit": 62.5
     }
    ],
    "total_price": 100,
    "total_cost": 36.25,
    "total_profit": 63.75,
    "payment_status": "pending",
    "paid_amount": 0,
    "returned_amount": 0,
    "open_amount": 100,
    "written_off_amount": 0,
    "payments": [],
    "returns": [],
    "write_offs": [],
    "status": "confirmed",
    "created_by": "mia",
    "effective_at": "2026-03-24T09:00:00.000Z",
    "recorded_at": "2026-04-01T08:00:00.000Z",
    "position": 52,
    "adjusted_total_cost": 37.5,
    "adjusted_total_profit": 62.5,
    "adjusted_by": [
     "LC-260401-0001"
    ]
   }
  ],
  "position": 57
 },
 "DrawPage": {
  "data": [
   {
    "number": 1,
    "draw": "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742",
    "customer_id": "CUST-001"
   }
  ],
  "next_cursor": null
 },
 "EnrolledFactor": {
  "recovery_codes": [
   "k2ud-7qpa-x3hm-5tzc-w6re-4nby"
  ],
  "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzYW0ifQ.c2lnbmF0dXJl",
  "token_type": "bearer",
  "expires_in": 86400
 },
 "Entry": {
  "position": 51,
  "type": "MoneyTransferred",
  "number": "MT-260401-0003",
  "cause": null,
  "balance": 19725,
  "effective_at": "2026-03-30T09:00:00.000Z",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "actor": "mia",
  "debit": 0,
  "credit": 1200
 },
 "Explanation": {
  "item_id": "bottle-500ml",
  "location_id": "main",
  "summary": {
   "on_hand": 12500,
   "reserved": 0,
   "available": 12500,
   "average_cost": 0.075,
   "value": 937.5
  },
  "data": [
   {
    "position": 54,
    "type": "CostsAdjusted",
    "number": "SO-260401-0003",
    "cause": "LC-260401-0001",
    "location_id": "main",
    "quantity": 0,
    "value": -5,
    "effective_at": "2026-04-01T08:00:00.000Z",
    "on_hand": 12500,
    "value_on_hand": 937.5,
    "recorded_at": "2026-04-01T08:00:00.000Z",
    "actor": "sam",
    "average_cost": 0.075,
    "href": "/api/v1/sales/SO-260401-0003"
   },
   {
    "position": 54,
    "type": "CostsAdjusted",
    "number": "SO-260401-0002",
    "cause": "LC-260401-0001",
    "location_id": "main",
    "quantity": 0,
    "value": 2.5,
    "effective_at": "2026-04-01T08:00:00.000Z",
    "on_hand": 12500,
    "value_on_hand": 937.5,
    "recorded_at": "2026-04-01T08:00:00.000Z",
    "actor": "sam",
    "average_cost": 0.075,
    "href": "/api/v1/sales/SO-260401-0002"
   }
  ],
  "next_cursor": null,
  "position": 54
 },
 "Factor": {
  "factor_id": "b2f7c1d0-5a54-4d7e-9a43-0d1f4c1b6f3e",
  "kind": "totp",
  "name": null,
  "created_at": "2026-04-01T08:00:00.000Z",
  "last_used_at": "2026-04-01T08:00:00.000Z"
 },
 "FlashBuyBody": {
  "customer_id": "CUST-001",
  "line_items": [
   {
    "flash_sale_id": "FS-260401-0002",
    "quantity": 1,
    "pass": "WyJtYWluIiwiRlMtMjYwNDAxLTAwMDEiLCJDVVNULTAwMSJd.c2lnbmF0dXJlIG9mIG91"
   }
  ],
  "payment_reference": "tok_8f14e45f"
 },
 "FlashSale": {
  "kind": "flash_sale",
  "number": "FS-260401-0001",
  "flash_sale_id": "FS-260401-0001",
  "item_id": "bottle-500ml",
  "location_id": "main",
  "quantity": 100,
  "unit_price": 0.05,
  "per_customer_max": 10,
  "hold_seconds": 3600,
  "starts_at": "2026-04-01T08:00:00.000Z",
  "ends_at": "2099-12-31T23:59:59.999Z",
  "account_id": "bank",
  "status": "open",
  "created_by": "mia",
  "effective_at": "2026-04-01T08:00:00.000Z",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "position": 43
 },
 "FlashSaleBody": {
  "item_id": "bottle-500ml",
  "location_id": "main",
  "quantity": 10,
  "unit_price": 0.05,
  "per_customer_max": 2,
  "hold_seconds": 300,
  "starts_at": "2026-04-01T08:00:00.000Z",
  "ends_at": "2099-12-31",
  "account_id": "bank",
  "queue_per_minute": 600
 },
 "HistoryEntry": {
  "position": null,
  "security_position": 2,
  "type": "UserCreated",
  "number": null,
  "actor": "admin",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "effective_at": "2026-04-01T08:00:00.000Z",
  "changes": [
   {
    "kind": "user",
    "id": "mia",
    "field": "role",
    "old": null,
    "new": "manager"
   },
   {
    "kind": "user",
    "id": "mia",
    "field": "active",
    "old": null,
    "new": true
   }
  ],
  "href": null
 },
 "ImportReport": {
  "type": "items",
  "dry_run": false,
  "lines": 2,
  "documents": 2,
  "recorded": 1,
  "recorded_before": 0,
  "awaiting_approval": 0,
  "refused": 1,
  "columns": [
   "item_id",
   "name"
  ],
  "separator": "comma",
  "ignored_columns": [
   "colour"
  ],
  "refusals": [
   {
    "line": 3,
    "column": "name",
    "code": "validation",
    "detail": "name: is required",
    "retry": false,
    "rows": [
     {
      "line": 3,
      "cells": [
       "cap-38mm",
       ""
      ]
     }
    ]
   }
  ],
  "stopped": null,
  "position": 58
 },
 "Item": {
  "item_id": "preform-28g",
  "name": "Preform 28 g",
  "kind": "preform",
  "active": true,
  "position": 12
 },
 "ItemBody": {
  "item_id": "bottle-500ml",
  "name": "Bottle 0.5 l",
  "kind": "bottle",
  "size_ml": 500
 },
 "ItemChangeBody": {
  "reorder_level": 5000
 },
 "ItemStock": {
  "item_id": "bottle-500ml",
  "on_hand": 19500,
  "reserved": 3000,
  "available": 16500,
  "average_cost": 0.0725,
  "value": 1413.75,
  "locations": [
   {
    "location_id": "main",
    "on_hand": 14500,
    "reserved": 3000,
    "available": 11500,
    "average_cost": 0.0725,
    "value": 1051.25
   },
   {
    "location_id": "yard",
    "on_hand": 5000,
    "reserved": 0,
    "available": 5000,
    "average_cost": 0.0725,
    "value": 362.5
   }
  ],
  "position": 38
 },
 "JournalEntry": {
  "kind": "journal_entry",
  "number": "JE-260401-0001",
  "description": "taken out by the owner",
  "reference": "receipt 17",
  "lines": [
   {
    "account_id": "cash",
    "side": "credit",
    "amount": 12.5
   },
   {
    "account_id": "equity",
    "side": "debit",
    "amount": 12.5
   }
  ],
  "amount": 12.5,
  "status": "confirmed",
  "created_by": "admin",
  "effective_at": "2026-04-01T08:00:00.000Z",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "position": 63
 },
 "JournalEntryBody": {
  "lines": [
   {
    "account_id": "cash",
    "side": "credit",
    "amount": 12.5
   },
   {
    "account_id": "equity",
    "side": "debit",
    "amount": 12.5
   }
  ],
  "description": "taken out by the owner",
  "reference": "receipt 17"
 },
 "LateCost": {
  "kind": "late_cost",
  "number": "LC-260401-0001",
  "bill_number": "PO-260401-0001",
  "supplier_id": "CARRIER",
  "location_id": "main",
  "basis": "quantity",
  "amount": 375,
  "line_items": [
   {
    "item_id": "preform-28g",
    "quantity": 48000,
    "amount": 375,
    "capitalised": 375,
    "expensed": 0
   }
  ],
  "capitalised": 375,
  "expensed": 0,
  "reason": "freight",
  "due_date": "2026-04-30",
  "payment_status": "pending",
  "paid_amount": 0,
  "returned_amount": 0,
  "open_amount": 375,
  "written_off_amount": 0,
  "payments": [],
  "returns": [],
  "write_offs": [],
  "status": "confirmed",
  "created_by": "sam",
  "effective_at": "2026-03-02T11:00:00.000Z",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "position": 54,
  "adjusts": {
   "documents": 11,
   "amount": 290.63,
   "cost_of_sales": 55
  }
 },
 "LateCostBody": {
  "supplier_id": "CARRIER",
  "amount": 375,
  "basis": "quantity",
  "reason": "freight",
  "due_date": "2026-04-30"
 },
 "Ledger": {
  "ledger_id": "walkthrough",
  "currency": "USD",
  "digits": 2,
  "time_zone": "UTC",
  "approval_threshold": 5000,
  "position": 11
 },
 "LedgerRole": {
  "ledger_id": "walkthrough",
  "role": "staff"
 },
 "LiftQueueBody": {
  "reason": "few buyers are left"
 },
 "ListTotals": {
  "count": 4,
  "complete": true,
  "total_price": 3570,
  "open_amount": 419.5
 },
 "Location": {
  "location_id": "yard",
  "name": "Yard",
  "active": true,
  "position": 18
 },
 "LocationBody": {
  "location_id": "yard",
  "name": "Yard"
 },
 "LocationChangeBody": {
  "name": "Yard behind the hall"
 },
 "LoginBody": {
  "username": "admin",
  "password": "correct horse battery"
 },
 "Me": {
  "username": "sam",
  "role": null,
  "ledger_roles": [
   {
    "ledger_id": "walkthrough",
    "role": "staff"
   }
  ]
 },
 "Movement": {
  "position": 54,
  "type": "CostsAdjusted",
  "number": "SO-260401-0004",
  "cause": "LC-260401-0001",
  "location_id": "yard",
  "quantity": 0,
  "value": -1.25,
  "effective_at": "2026-03-24T09:00:00.000Z",
  "on_hand": 4300,
  "value_on_hand": 322.5,
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "actor": "sam",
  "average_cost": 0.075
 },
 "NewApiKey": {
  "key_id": "5d41402abc4b2a76",
  "name": "web-shop",
  "actor": "key/web-shop",
  "role": "viewer",
  "ledger_id": "walkthrough",
  "created_at": "2026-04-01T08:00:00.000Z",
  "created_by": "admin",
  "expires_at": "2026-05-01T08:00:00.000Z",
  "last_used_at": null,
  "key": "fl_example-shown-this-once"
 },
 "NewApiKeyBody": {
  "name": "web-shop",
  "role": "viewer",
  "ledger_id": "walkthrough",
  "expires_in_days": 30
 },
 "NewLedgerBody": {
  "ledger_id": "walkthrough",
  "currency": "USD"
 },
 "NewPasskeyBody": {
  "passkey": {
   "id": "Y3JlZGVudGlhbA",
   "rawId": "Y3JlZGVudGlhbA",
   "type": "public-key",
   "response": {},
   "clientExtensionResults": {}
  },
  "name": "key on my ring"
 },
 "NewUserBody": {
  "username": "sam",
  "password": "correct horse battery",
  "password_is_chosen": true,
  "role": "staff",
  "ledger_id": "walkthrough"
 },
 "NewWebhook": {
  "webhook_id": "b2f7c1d0-5a54-4d7e-9a43-0d1f4c1b6f3e",
  "url": "https://receiver.example/hooks/ledger",
  "description": "the web shop",
  "types": [
   "SaleRecorded",
   "DocumentVoided"
  ],
  "active": true,
  "disabled_reason": null,
  "position": 71,
  "sent_position": null,
  "failures": 0,
  "failing_since": null,
  "next_attempt_at": null,
  "old_secret_until": null,
  "created_at": "2026-04-01T08:00:00.000Z",
  "created_by": "admin",
  "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
 },
 "NewWebhookBody": {
  "url": "https://receiver.example/hooks/ledger",
  "description": "the web shop",
  "types": [
   "SaleRecorded",
   "DocumentVoided"
  ]
 },
 "Order": {
  "kind": "order",
  "number": "OR-260401-0001",
  "order_id": "OR-260401-0001",
  "customer_id": "CUST-001",
  "location_id": "main",
  "line_items": [
   {
    "flash_sale_id": "FS-260401-0001",
    "item_id": "bottle-500ml",
    "quantity": 10,
    "unit_price": 0.05,
    "total_price": 0.5
   }
  ],
  "total_price": 0.5,
  "account_id": "bank",
  "pay_by": "2026-04-01T09:00:00.000Z",
  "status": "pending",
  "created_by": "sam",
  "effective_at": "2026-04-01T08:00:00.000Z",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "position": 44
 },
 "PartyChangeBody": {
  "email": "orders@pet-works.example"
 },
 "Payment": {
  "kind": "payment",
  "number": "PY-260401-0001",
  "direction": "received",
  "bill_number": "SO-260401-0001",
  "party_id": "CUST-001",
  "account_id": "bank",
  "amount": 1250,
  "status": "confirmed",
  "created_by": "sam",
  "effective_at": "2026-03-10T09:00:00.000Z",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "position": 31
 },
 "PaymentBody": {
  "bill_number": "SO-260401-0001",
  "account_id": "bank",
  "amount": 1250,
  "effective_at": "2026-03-10T09:00:00Z"
 },
 "PaymentStatus": "pending",
 "Period": {
  "month": "2026-03",
  "status": "closed",
  "decided_by": "mia",
  "decided_at": "2026-04-01T08:00:00.000Z",
  "position": 57
 },
 "Periods": {
  "data": [
   {
    "month": "2026-03",
    "status": "closed",
    "decided_by": "mia",
    "decided_at": "2026-04-01T08:00:00.000Z",
    "position": 57
   }
  ],
  "position": 57
 },
 "Position": 11,
 "ProfitLoss": {
  "data": [
   {
    "key": "fl_example-shown-this-once",
    "quantity": 22000,
    "revenue": 3345,
    "cost": 1650,
    "profit": 1695,
    "href": "/api/v1/stock/bottle-500ml/movements?position=57"
   }
  ],
  "next_cursor": null,
  "position": 57,
  "totals": {
   "quantity": 22000,
   "revenue": 3345,
   "cost": 1650,
   "profit": 1695
  }
 },
 "ProjectionHealth": {
  "state": "live",
  "outdated": false,
  "events": 78,
  "lag_ms": 0,
  "heartbeat_at": "2026-04-01T08:00:00.000Z",
  "ledgers": [
   {
    "ledger_id": "@security",
    "position": 9,
    "recorded_at": "2026-04-01T08:00:00.000Z",
    "halted": null
   },
   {
    "ledger_id": "main",
    "position": 11,
    "recorded_at": "2026-04-01T08:00:00.000Z",
    "halted": null
   }
  ],
  "rebuild": null
 },
 "ProvenEvent": {
  "event": {
   "position": 0,
   "id": "b2f7c1d0-5a54-4d7e-9a43-0d1f4c1b6f3e",
   "type": "LedgerOpened",
   "data": {
    "ledger_id": "walkthrough",
    "currency": "USD",
    "digits": 2,
    "time_zone": "UTC",
    "approval_threshold": "500000"
   },
   "metadata": {
    "actor": "admin",
    "recorded_at": "2026-04-01T08:00:00.000Z",
    "effective_at": "2026-04-01T08:00:00.000Z",
    "idempotency_key": "server:b2f7c1d0-5a54-4d7e-9a43-0d1f4c1b6f3e",
    "remaining": 11,
    "previous_hash": "",
    "hash": "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742"
   }
  },
  "path": [
   "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742",
   "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742"
  ]
 },
 "Purchase": {
  "kind": "purchase",
  "number": "PO-260401-0001",
  "bill_number": "PO-260401-0001",
  "supplier_id": "SUP-PET",
  "location_id": "main",
  "line_items": [
   {
    "item_id": "preform-28g",
    "quantity": 50000,
    "unit_price": 0.0375,
    "total_price": 1875
   }
  ],
  "total_price": 1875,
  "due_date": "2026-04-01",
  "payment_status": "pending",
  "paid_amount": 0,
  "returned_amount": 0,
  "open_amount": 1875,
  "written_off_amount": 0,
  "payments": [],
  "returns": [],
  "write_offs": [],
  "late_costs": [],
  "status": "confirmed",
  "created_by": "sam",
  "effective_at": "2026-03-02T11:00:00.000Z",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "position": 22
 },
 "PurchaseBody": {
  "supplier_id": "SUP-PET",
  "line_items": [
   {
    "item_id": "preform-28g",
    "quantity": 50000,
    "unit_price": 0.0375
   }
  ],
  "due_date": "2026-04-01",
  "effective_at": "2026-03-02T11:00:00Z"
 },
 "QuantityAndValue": {
  "quantity": 0,
  "value": 0
 },
 "QueueSettings": {
  "per_minute": 600,
  "pass_seconds": 120,
  "passes_per_piece": 1,
  "draw": {
   "draw_id": "0af7651916cd43dd8448eb211c80319c",
   "seed_hash": "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742"
  }
 },
 "QueueTicket": {
  "flash_sale_id": "FS-260401-0002",
  "customer_id": "CUST-001",
  "number": null,
  "status": "waiting",
  "serving": 0,
  "ahead": null,
  "estimated_seconds": null,
  "joined_at": "2026-04-01T08:00:00.000Z"
 },
 "ReasonBody": {
  "reason": "we need it for the supplier"
 },
 "ReauthenticationBody": {
  "password": "correct horse battery",
  "passkey": {
   "id": "Y3JlZGVudGlhbA",
   "rawId": "Y3JlZGVudGlhbA",
   "type": "public-key",
   "response": {},
   "clientExtensionResults": {}
  }
 },
 "Rebuild": {
  "rebuild_id": "b2f7c1d0-5a54-4d7e-9a43-0d1f4c1b6f3e",
  "status": "requested",
  "progress": {
   "events": 0,
   "of": 96
  },
  "seconds_left": null,
  "requested_by": "admin",
  "requested_at": "2026-04-01T08:00:00.000Z",
  "finished_at": null,
  "error": null
 },
 "RecoveryCodes": {
  "recovery_codes": [
   "k2ud-7qpa-x3hm-5tzc-w6re-4nby"
  ]
 },
 "ReopenedPeriod": {
  "month": "2026-03",
  "reason": "the auditor asked",
  "status": "open",
  "closed_through": "2026-02",
  "created_by": "admin",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "position": 56
 },
 "Reservation": {
  "kind": "reservation",
  "number": "RV-260401-0001",
  "reservation_id": "RV-260401-0001",
  "customer_id": "CUST-001",
  "location_id": "main",
  "line_items": [
   {
    "item_id": "bottle-500ml",
    "quantity": 2000
   }
  ],
  "expires_at": "2026-04-01T08:00:00.000Z",
  "status": "active",
  "created_by": "sam",
  "effective_at": "2026-04-01T08:00:00.000Z",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "position": 36
 },
 "ReservationBody": {
  "customer_id": "CUST-001",
  "line_items": [
   {
    "item_id": "bottle-500ml",
    "quantity": 2000
   }
  ],
  "ttl_seconds": 1
 },
 "ResetPasswordBody": {
  "password": "correct horse battery"
 },
 "Restatement": {
  "report": "profit-loss",
  "group_by": "day",
  "known_at": {
   "known_at": "2026-04-01T23:59:59.999Z",
   "position": -1
  },
  "versus": {
   "known_at": "2026-04-01T08:00:00.000Z",
   "position": 71
  },
  "data": [
   {
    "key": "fl_example-shown-this-once",
    "location_id": null,
    "before": {
     "quantity": 0,
     "revenue": 0,
     "cost": 0,
     "profit": 0
    },
    "after": {
     "quantity": 20000,
     "revenue": 3000,
     "cost": 1500,
     "profit": 1500
    },
    "difference": {
     "quantity": 20000,
     "revenue": 3000,
     "cost": 1500,
     "profit": 1500
    },
    "events": [
     {
      "type": "SaleRecorded",
      "number": "SO-260401-0001",
      "actor": "sam",
      "recorded_at": "2026-04-01T08:00:00.000Z",
      "effective_at": "2026-03-09T09:00:00.000Z",
      "backdated": true,
      "position": 30,
      "href": "/api/v1/sales/SO-260401-0001"
     },
     {
      "type": "LateCostRecorded",
      "number": "LC-260401-0001",
      "actor": "sam",
      "recorded_at": "2026-04-01T08:00:00.000Z",
      "effective_at": "2026-03-02T11:00:00.000Z",
      "backdated": true,
      "position": 54,
      "href": "/api/v1/late-costs/LC-260401-0001"
     }
    ],
    "events_total": 2
   },
   {
    "key": "fl_example-shown-this-once",
    "location_id": null,
    "before": {
     "quantity": 0,
     "revenue": 0,
     "cost": 0,
     "profit": 0
    },
    "after": {
     "quantity": -500,
     "revenue": -75,
     "cost": -37.5,
     "profit": -37.5
    },
    "difference": {
     "quantity": -500,
     "revenue": -75,
     "cost": -37.5,
     "profit": -37.5
    },
    "events": [
     {
      "type": "SaleReturned",
      "number": "RT-260401-0001",
      "actor": "sam",
      "recorded_at": "2026-04-01T08:00:00.000Z",
      "effective_at": "2026-03-11T09:00:00.000Z",
      "backdated": true,
      "position": 32,
      "href": "/api/v1/returns/RT-260401-0001"
     },
     {
      "type": "LateCostRecorded",
      "number": "LC-260401-0001",
      "actor": "sam",
      "recorded_at": "2026-04-01T08:00:00.000Z",
      "effective_at": "2026-03-02T11:00:00.000Z",
      "backdated": true,
      "position": 54,
      "href": "/api/v1/late-costs/LC-260401-0001"
     }
    ],
    "events_total": 2
   }
  ],
  "next_cursor": null,
  "position": 71,
  "totals": {
   "before": {
    "quantity": 0,
    "revenue": 0,
    "cost": 0,
    "profit": 0
   },
   "after": {
    "quantity": 22000,
    "revenue": 3345,
    "cost": 1650,
    "profit": 1695
   },
   "difference": {
    "quantity": 22000,
    "revenue": 3345,
    "cost": 1650,
    "profit": 1695
   }
  }
 },
 "Return": {
  "kind": "return",
  "number": "RT-260401-0001",
  "bill_number": "SO-260401-0001",
  "party_id": "CUST-001",
  "location_id": "main",
  "line_items": [
   {
    "line": 0,
    "item_id": "bottle-500ml",
    "quantity": 500,
    "unit_price": 0.15,
    "total_price": 75,
    "cost": 36.25
   }
  ],
  "total_price": 75,
  "total_cost": 36.25,
  "reason": "leaking",
  "status": "confirmed",
  "created_by": "sam",
  "effective_at": "2026-03-11T09:00:00.000Z",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "position": 32
 },
 "ReturnBody": {
  "line_items": [
   {
    "item_id": "bottle-500ml",
    "quantity": 500
   }
  ],
  "reason": "leaking",
  "effective_at": "2026-03-11T09:00:00Z"
 },
 "Role": "staff",
 "Sale": {
  "kind": "sale",
  "number": "SO-260401-0001",
  "bill_number": "SO-260401-0001",
  "customer_id": "CUST-001",
  "location_id": "main",
  "line_items": [
   {
    "item_id": "bottle-500ml",
    "quantity": 20000,
    "unit_price": 0.15,
    "total_price": 3000,
    "cost": 1450,
    "profit": 1550
   }
  ],
  "total_price": 3000,
  "total_cost": 1450,
  "total_profit": 1550,
  "due_date": "2026-03-31",
  "payment_status": "pending",
  "paid_amount": 0,
  "returned_amount": 0,
  "open_amount": 3000,
  "written_off_amount": 0,
  "payments": [],
  "returns": [],
  "write_offs": [],
  "status": "confirmed",
  "created_by": "sam",
  "effective_at": "2026-03-09T09:00:00.000Z",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "position": 30
 },
 "SaleBody": {
  "customer_id": "CUST-001",
  "line_items": [
   {
    "item_id": "bottle-500ml",
    "quantity": 20000,
    "unit_price": 0.15
   }
  ],
  "due_date": "2026-03-31",
  "effective_at": "2026-03-09T09:00:00Z"
 },
 "SecondFactorBody": {
  "code": "492039"
 },
 "SecurityEvent": {
  "security_position": 3,
  "type": "UserCreated",
  "actor": "admin",
  "username": "sam",
  "effective_at": "2026-04-01T08:00:00.000Z",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "data": {
   "role": "staff",
   "ledger": "walkthrough",
   "username": "sam"
  }
 },
 "Session": {
  "session_id": "b2f7c1d0-5a54-4d7e-9a43-0d1f4c1b6f3e",
  "address": "127.0.0.1",
  "device": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  "created_at": "2026-04-01T08:00:00.000Z",
  "last_used_at": "2026-04-01T08:00:00.000Z",
  "expires_at": "2026-04-02T08:00:00.000Z",
  "current": true
 },
 "Sessions": {
  "data": [
   {
    "session_id": "b2f7c1d0-5a54-4d7e-9a43-0d1f4c1b6f3e",
    "address": "127.0.0.1",
    "device": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "created_at": "2026-04-01T08:00:00.000Z",
    "last_used_at": "2026-04-01T08:00:00.000Z",
    "expires_at": "2026-04-02T08:00:00.000Z",
    "current": true
   }
  ]
 },
 "SignedIn": {
  "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzYW0ifQ.c2lnbmF0dXJl",
  "token_type": "bearer",
  "expires_in": 86400,
  "device_token": "ZGV2aWNl.c2lnbmF0dXJl"
 },
 "StockAtPlace": {
  "item_id": "bottle-500ml",
  "location_id": "main",
  "on_hand": 12500,
  "reserved": 0,
  "available": 12500,
  "average_cost": 0.075,
  "value": 937.5
 },
 "StockCount": {
  "kind": "stock_count",
  "number": "SC-260401-0001",
  "location_id": "main",
  "counts": [
   {
    "item_id": "preform-28g",
    "counted_quantity": 107950,
    "expected_quantity": 108000,
    "difference": -50,
    "value": -2.62
   },
   {
    "item_id": "bottle-500ml",
    "counted_quantity": 12500,
    "expected_quantity": 12500,
    "difference": 0,
    "value": 0
   }
  ],
  "reason": "end of the month",
  "counted_at_position": 49,
  "status": "confirmed",
  "created_by": "sam",
  "effective_at": "2026-04-01T08:00:00.000Z",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "position": 50
 },
 "StockCountBody": {
  "counts": [
   {
    "item_id": "preform-28g",
    "counted_quantity": 107950
   },
   {
    "item_id": "bottle-500ml",
    "counted_quantity": 12500
   }
  ],
  "reason": "end of the month"
 },
 "StockMovementReport": {
  "data": [
   {
    "item_id": "bottle-500ml",
    "location_id": "main",
    "opening": {
     "quantity": 0,
     "value": 0
    },
    "in": {
     "blow": {
      "quantity": 39000,
      "value": 2925
     },
     "sale_return": {
      "quantity": 500,
      "value": 37.5
     }
    },
    "total_in": {
     "quantity": 39500,
     "value": 2962.5
    },
    "out": {
     "sale": {
      "quantity": 21000,
      "value": 1575
     },
     "stock_transfer": {
      "quantity": 5000,
      "value": 375
     }
    },
    "total_out": {
     "quantity": 26000,
     "value": 1950
    },
    "closing": {
     "quantity": 13500,
     "value": 1012.5
    },
    "href": "/api/v1/stock/bottle-500ml/movements?location_id=main&from=2026-03-01&to=2026-03-31&position=71"
   },
   {
    "item_id": "bottle-500ml",
    "location_id": "yard",
    "opening": {
     "quantity": 0,
     "value": 0
    },
    "in": {
     "stock_transfer": {
      "quantity": 5000,
      "value": 375
     }
    },
    "total_in": {
     "quantity": 5000,
     "value": 375
    },
    "out": {
     "sale": {
      "quantity": 500,
      "value": 37.5
     },
     "waste": {
      "quantity": 200,
      "value": 15
     }
    },
    "total_out": {
     "quantity": 700,
     "value": 52.5
    },
    "closing": {
     "quantity": 4300,
     "value": 322.5
    },
    "href": "/api/v1/stock/bottle-500ml/movements?location_id=yard&from=2026-03-01&to=2026-03-31&position=71"
   }
  ],
  "next_cursor": null,
  "position": 71
 },
 "StockTransfer": {
  "kind": "stock_transfer",
  "number": "ST-260401-0001",
  "from_location_id": "main",
  "to_location_id": "yard",
  "line_items": [
   {
    "item_id": "bottle-500ml",
    "quantity": 5000,
    "cost": 362.5
   }
  ],
  "status": "confirmed",
  "created_by": "sam",
  "effective_at": "2026-03-06T09:00:00.000Z",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "position": 29
 },
 "StockTransferBody": {
  "from_location_id": "main",
  "to_location_id": "yard",
  "line_items": [
   {
    "item_id": "bottle-500ml",
    "quantity": 5000
   }
  ],
  "effective_at": "2026-03-06T09:00:00Z"
 },
 "StockValuation": {
  "data": [
   {
    "item_id": "bottle-500ml",
    "location_id": "main",
    "on_hand": 12500,
    "average_cost": 0.075,
    "value": 937.5,
    "href": "/api/v1/stock/bottle-500ml/explain?location_id=main&position=71"
   },
   {
    "item_id": "bottle-500ml",
    "location_id": "yard",
    "on_hand": 4300,
    "average_cost": 0.075,
    "value": 322.5,
    "href": "/api/v1/stock/bottle-500ml/explain?location_id=yard&position=71"
   }
  ],
  "next_cursor": null,
  "position": 71,
  "totals": {
   "on_hand": 124750,
   "value": 7197.25
  }
 },
 "Supplier": {
  "supplier_id": "SUP-PET",
  "name": "PET Works",
  "active": true,
  "position": 15
 },
 "SupplierBody": {
  "supplier_id": "SUP-PET",
  "name": "PET Works"
 },
 "SupplierCosts": {
  "data": [
   {
    "month": null,
    "from": "2026-03-01",
    "to": "2026-03-31",
    "supplier_id": "CARRIER",
    "name": "Carrier & Sons",
    "purchases": 0,
    "purchased": 375,
    "returned": 0,
    "cost": 375,
    "paid": 0,
    "written_off": 0,
    "owed": 375,
    "href": "/api/v1/purchases?supplier_id=CARRIER&from=2026-03-01&to=2026-03-31&position=71"
   },
   {
    "month": null,
    "from": "2026-03-01",
    "to": "2026-03-31",
    "supplier_id": "SUP-PET",
    "name": "PET Works",
    "purchases": 2,
    "purchased": 7875,
    "returned": 75,
    "cost": 7800,
    "paid": 1000,
    "written_off": 0,
    "owed": 6800,
    "href": "/api/v1/purchases?supplier_id=SUP-PET&from=2026-03-01&to=2026-03-31&position=71"
   }
  ],
  "next_cursor": null,
  "position": 71,
  "totals": {
   "purchases": 2,
   "purchased": 8250,
   "returned": 75,
   "cost": 8175,
   "paid": 1000,
   "written_off": 0
  }
 },
 "Threshold": {
  "approval_threshold": 4000,
  "reason": "the new manager asked for it",
  "decided_by": "admin",
  "decided_at": "2026-04-01T08:00:00.000Z",
  "position": 65
 },
 "ThresholdBody": {
  "approval_threshold": 4000,
  "reason": "the new manager asked for it"
 },
 "Thresholds": {
  "data": [
   {
    "approval_threshold": 4000,
    "reason": "the new manager asked for it",
    "decided_by": "admin",
    "decided_at": "2026-04-01T08:00:00.000Z",
    "position": 65
   },
   {
    "approval_threshold": 5000,
    "reason": null,
    "decided_by": "admin",
    "decided_at": "2026-04-01T08:00:00.000Z",
    "position": 0
   }
  ],
  "position": 71
 },
 "TicketBody": {
  "customer_id": "CUST-001"
 },
 "Token": {
  "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzYW0ifQ.c2lnbmF0dXJl",
  "token_type": "bearer",
  "expires_in": 86400
 },
 "Transfer": {
  "kind": "transfer",
  "number": "MT-260401-0001",
  "from_account_id": "equity",
  "to_account_id": "bank",
  "amount": 20000,
  "reference": "opening balance",
  "status": "confirmed",
  "created_by": "mia",
  "effective_at": "2026-03-02T09:00:00.000Z",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "position": 20
 },
 "TransferBody": {
  "from_account_id": "equity",
  "to_account_id": "bank",
  "amount": 20000,
  "reference": "opening balance",
  "effective_at": "2026-03-02T09:00:00Z"
 },
 "Trends": {
  "data": [
   {
    "key": "fl_example-shown-this-once",
    "from": "2026-03-02",
    "to": "2026-03-02",
    "revenue": 0,
    "cost": 0,
    "profit": 0,
    "purchases": 2250,
    "waste": 0,
    "href": "/api/v1/sales?from=2026-03-02&to=2026-03-02&position=71"
   },
   {
    "key": "fl_example-shown-this-once",
    "from": "2026-03-03",
    "to": "2026-03-03",
    "revenue": 0,
    "cost": 0,
    "profit": 0,
    "purchases": 6000,
    "waste": 0,
    "href": "/api/v1/sales?from=2026-03-03&to=2026-03-03&position=71"
   }
  ],
  "next_cursor": null,
  "position": 71,
  "totals": {
   "revenue": 3175,
   "cost": 1575,
   "profit": 1600,
   "purchases": 8175,
   "waste": 70
  }
 },
 "TrialBalance": {
  "data": [
   {
    "account_id": "bank",
    "name": "Bank",
    "type": "asset",
    "debit": 19725,
    "credit": 0,
    "balance": 19725
   },
   {
    "account_id": "cash",
    "name": "Cash",
    "type": "asset",
    "debit": 1000,
    "credit": 0,
    "balance": 1000
   }
  ],
  "totals": {
   "debit": 30520,
   "credit": 30520
  },
  "position": 57
 },
 "User": {
  "username": "sam",
  "active": true,
  "password_expires_at": null,
  "created_at": "2026-04-01T08:00:00.000Z",
  "created_by": "admin",
  "locked_until": null,
  "role": null,
  "ledger_roles": [
   {
    "ledger_id": "walkthrough",
    "role": "staff"
   }
  ],
  "single_sign_on": null
 },
 "UserWithPassword": {
  "username": "mia",
  "active": true,
  "password_expires_at": "2026-04-02T08:00:00.000Z",
  "created_at": "2026-04-01T08:00:00.000Z",
  "created_by": "admin",
  "locked_until": null,
  "role": "manager",
  "ledger_roles": [],
  "single_sign_on": null,
  "password": "correct horse battery"
 },
 "Verification": {
  "verification_id": "b2f7c1d0-5a54-4d7e-9a43-0d1f4c1b6f3e",
  "ledger_id": "walkthrough",
  "status": "running",
  "progress": {
   "events": 0,
   "of": 96
  },
  "requested_by": "admin",
  "requested_at": "2026-04-01T08:00:00.000Z"
 },
 "VoidBody": {
  "reason": "wrong customer"
 },
 "WaitingQueue": {
  "flash_sale_id": "FS-260401-0002",
  "status": "open",
  "serving": 1,
  "last_number": 1,
  "waiting": 0,
  "let_in_per_minute": 0,
  "remaining": 10,
  "starts_at": "2026-04-01T08:00:00.000Z",
  "settings": {
   "per_minute": 1200,
   "pass_seconds": 120,
   "passes_per_piece": 2,
   "draw": {
    "draw_id": "0af7651916cd43dd8448eb211c80319c",
    "seed_hash": "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742"
   },
   "passes_max": 500
  },
  "drawn": 1,
  "seed": "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742",
  "passes_out": 1,
  "passes_used": 0,
  "passes_lapsed": 0
 },
 "Waste": {
  "kind": "waste",
  "number": "WS-260401-0001",
  "location_id": "yard",
  "line_items": [
   {
    "item_id": "bottle-500ml",
    "quantity": 200,
    "cost": 14.5
   }
  ],
  "total_cost": 14.5,
  "reason": "run over by the forklift",
  "status": "confirmed",
  "created_by": "sam",
  "effective_at": "2026-03-18T09:00:00.000Z",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "position": 47
 },
 "WasteBody": {
  "location_id": "yard",
  "line_items": [
   {
    "item_id": "bottle-500ml",
    "quantity": 200
   }
  ],
  "reason": "run over by the forklift",
  "effective_at": "2026-03-18T09:00:00Z"
 },
 "Webhook": {
  "webhook_id": "b2f7c1d0-5a54-4d7e-9a43-0d1f4c1b6f3e",
  "url": "https://receiver.example/hooks/ledger",
  "description": "the web shop",
  "types": [
   "SaleRecorded",
   "DocumentVoided"
  ],
  "active": true,
  "disabled_reason": null,
  "position": 71,
  "sent_position": null,
  "failures": 0,
  "failing_since": null,
  "next_attempt_at": null,
  "old_secret_until": null,
  "created_at": "2026-04-01T08:00:00.000Z",
  "created_by": "admin"
 },
 "WebhookAttempt": {
  "attempt_id": "1",
  "message_id": "test-b2f7c1d0-5a54-4d7e-9a43-0d1f4c1b6f3e",
  "position": null,
  "type": "WebhookTested",
  "duration_ms": 0,
  "status": 204,
  "attempted_at": "2026-04-01T08:00:00.000Z",
  "error": null
 },
 "WriteOff": {
  "kind": "write_off",
  "number": "WO-260401-0001",
  "bill_number": "SO-260401-0004",
  "party_id": "CUST-001",
  "amount": 0.5,
  "reason": "not worth a letter",
  "status": "confirmed",
  "created_by": "admin",
  "effective_at": "2026-04-01T08:00:00.000Z",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "position": 64
 },
 "WriteOffBody": {
  "bill_number": "SO-260401-0004",
  "amount": 0.5,
  "reason": "not worth a letter"
 },
 "beginPasskey 201": {
  "challenge": "c2VudCBieSB0aGUgc2VydmVyLCBhbnN3ZXJlZCBieSB0aGUga2V5",
  "rp": {
   "name": "factory-ledger",
   "id": "ledger.example"
  },
  "user": {
   "id": "c2Ft",
   "name": "sam",
   "displayName": ""
  },
  "pubKeyCredParams": [
   {
    "alg": -48,
    "type": "public-key"
   },
   {
    "alg": -8,
    "type": "public-key"
   }
  ],
  "timeout": 60000,
  "attestation": "none",
  "excludeCredentials": [],
  "authenticatorSelection": {
   "residentKey": "discouraged",
   "userVerification": "preferred",
   "requireResidentKey": false
  },
  "extensions": {
   "credProps": true
  },
  "hints": []
 },
 "beginTotp 201": {
  "factor_id": "b2f7c1d0-5a54-4d7e-9a43-0d1f4c1b6f3e",
  "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
  "uri": "otpauth://totp/factory-ledger:sam?issuer=factory-ledger&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
  "qr_svg": "<svg xmlns=\"http://www.w3.org/2000/svg\">…</svg>"
 },
 "challengePasskey 200": {
  "rpId": "ledger.example",
  "challenge": "c2VudCBieSB0aGUgc2VydmVyLCBhbnN3ZXJlZCBieSB0aGUga2V5",
  "allowCredentials": [
   {
    "id": "Y3JlZGVudGlhbA",
    "type": "public-key"
   }
  ],
  "timeout": 60000,
  "userVerification": "preferred"
 },
 "explainStock 200 text/csv": "position,type,number,effective_at,recorded_at,actor,cause,location_id,quantity,v…",
 "exportLedger 200": "{\"format\":\"factory-ledger export 1\",\"ledger\":\"walkthrough\",\"events\":58,\"head_hash\":\"4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742\",\"checkpoints\":1}\n{\"checkpoint\":{\"ledger\":\"walkthro…",
 "getAging 200 text/csv": "owed,party_id,not_due,days_0_30,days_31_60,days_61_90,days_over_90,total\r\nto_us,…",
 "getChainHead 200": {
  "ledger_id": "walkthrough",
  "position": 57,
  "hash": "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742",
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "checkpoint": null
 },
 "getCustomerSales 200 text/csv": "month,from,to,customer_id,name,quantity,revenue,cost,profit\r\n,2026-03-01,…",
 "getHistory 200 text/csv": "position,type,number,effective_at,recorded_at,actor,changes_kind,changes_id,chan…",
 "getMetrics 200 text/plain": "# HELP factory_ledger_projection_live 1 while the projector is at the head of the log.\n# TYPE factory_ledger_projection_live gauge\n",
 "getProfitLoss 200 text/csv": "key,quantity,revenue,cost,profit\r\nCUST-001,20000,3025,1500,1525\n",
 "getRestatement 200 text/csv": "key,location_id,before_quantity,after_quantity,difference_quantity,before_revenu…",
 "getState 200": {
  "ledger_id": "walkthrough",
  "currency": "USD",
  "digits": 2,
  "position": 57,
  "recorded_at": "2026-04-01T08:00:00.000Z",
  "stock": [
   {
    "item_id": "bottle-500ml",
    "location_id": "main",
    "on_hand": 12500,
    "reserved": 0,
    "available": 12500,
    "average_cost": 0.075,
    "value": 937.5
   },
   {
    "item_id": "bottle-500ml",
    "location_id": "yard",
    "on_hand": 4300,
    "reserved": 0,
    "available": 4300,
    "average_cost": 0.075,
    "value": 322.5
   }
  ],
  "stock_value": 7197.25,
  "trial_balance": {
   "data": [
    {
     "account_id": "bank",
     "name": "Bank",
     "type": "asset",
     "debit": 19725,
     "credit": 0,
     "balance": 19725
    },
    {
     "account_id": "cash",
     "name": "Cash",
     "type": "asset",
     "debit": 1000,
     "credit": 0,
     "balance": 1000
    }
   ],
   "totals": {
    "debit": 30520,
    "credit": 30520
   }
  },
  "profit": 1167.25,
  "documents": {
   "transfer": 3,
   "purchase": 2,
   "approval": 2,
   "blow": 1,
   "stock_transfer": 1,
   "sale": 4,
   "payment": 3,
   "return": 2,
   "reservation": 3,
   "flash_sale": 1,
   "order": 1,
   "waste": 1,
   "stock_count": 1,
   "late_cost": 1
  }
 },
 "getStockMovement 200 text/csv": "item_id,location_id,opening_quantity,opening_value,in_purchase_quantity,in_purch…",
 "getStockValuation 200 text/csv": "item_id,location_id,on_hand,average_cost,value\r\nbottle-500ml,main,12500,0.075,…",
 "getSupplierCosts 200 text/csv": "month,from,to,supplier_id,name,purchases,purchased,returned,cost,paid,written_of…",
 "getTrends 200 text/csv": "key,from,to,revenue,cost,profit,purchases,waste\r\n2026-03-02,2026-03-02,…",
 "getTrialBalance 200 text/csv": "account_id,name,type,debit,credit,balance\r\nbank,Bank,asset,19725,0,19725\n",
 "importCsv 200 text/csv": "item_id,name,kind,colour,refused_line,refused_column,refused_code,refused_why\r\n…",
 "importCsv body text/csv": "item_id,name,kind,colour\ncap-28mm,Cap 28 mm,other,blue\n",
 "isReady 200": {
  "status": "ok",
  "instances": {
   "known": 1,
   "alive": 1
  },
  "breakers": {
   "postgres": "closed"
  }
 },
 "listAccounts 200 text/csv": "account_id,name,type,may_go_negative,active,position\r\nbank,Bank,asset,false,true…",
 "listAdjustments 200 text/csv": "position,cause,number,type,of_position,item_id,location_id,value,effective_at,re…",
 "listApiKeys 200": {
  "data": []
 },
 "listApiKeys 200 text/csv": "key_id,name,actor,role,ledger_id,created_at,created_by,expires_at,last_used_at\n",
 "listApprovalThresholds 200 text/csv": "approval_threshold,reason,decided_by,decided_at,position\r\n4000,the new manager a…",
 "listApprovals 200 text/csv": "kind,number,status,approval_id,command,amount,threshold,requested_by,expires_at,…",
 "listBlows 200 text/csv": "kind,number,status,location_id,inputs_item_id,inputs_quantity,inputs_cost,inputs…",
 "listCheckpoints 200 text/csv": "ledger,size,head_position,head_hash,merkle_root,recorded_at,key_id,public_key,si…",
 "listCustomers 200 text/csv": "customer_id,name,active,position,email,phone,address\r\nCUST-001,Spring Water Ltd,…",
 "listEntries 200 text/csv": "position,type,number,effective_at,recorded_at,actor,cause,debit,credit,balance\r\n…",
 "listEvents 200 text/csv": "position,type,actor,recorded_at,effective_at,data,metadata\r\n0,LedgerOpened,admin…",
 "listFactors 200": {
  "data": [
   {
    "factor_id": "b2f7c1d0-5a54-4d7e-9a43-0d1f4c1b6f3e",
    "kind": "totp",
    "name": null,
    "created_at": "2026-04-01T08:00:00.000Z",
    "last_used_at": "2026-04-01T08:00:00.000Z"
   },
   {
    "factor_id": "b2f7c1d0-5a54-4d7e-9a43-0d1f4c1b6f3e",
    "name": "key on my ring",
    "kind": "passkey",
    "created_at": "2026-04-01T08:00:00.000Z",
    "last_used_at": "2026-04-01T08:00:00.000Z"
   }
  ],
  "recovery_codes_left": 10
 },
 "listFactors 200 text/csv": "factor_id,kind,name,created_at,last_used_at\r\n…",
 "listFlashSales 200 text/csv": "kind,number,status,flash_sale_id,item_id,location_id,quantity,unit_price,per_cus…",
 "listItems 200 text/csv": "item_id,name,kind,active,position,size_ml,grade,unit,reorder_level\r\nbottle-500ml…",
 "listJournalEntries 200 text/csv": "kind,number,status,description,lines_account_id,lines_side,lines_amount,amount,r…",
 "listLateCosts 200 text/csv": "kind,number,status,bill_number,supplier_id,location_id,basis,amount,line_items_i…",
 "listLedgers 200 text/csv": "ledger_id,currency,digits,time_zone,approval_threshold,position\r\nmain,USD,2,UTC,…",
 "listLocations 200 text/csv": "location_id,name,active,position\r\nmain,Main,true,1\n",
 "listMovements 200 text/csv": "position,type,number,effective_at,recorded_at,actor,cause,location_id,quantity,v…",
 "listOrders 200 text/csv": "kind,number,status,order_id,customer_id,location_id,line_items_flash_sale_id,lin…",
 "listPayments 200 text/csv": "kind,number,status,bill_number,party_id,account_id,amount,direction,method,order…",
 "listPeriods 200 text/csv": "month,status,decided_by,decided_at,position\r\n2026-03,closed,mia,…",
 "listPurchases 200 text/csv": "kind,number,status,bill_number,supplier_id,location_id,line_items_item_id,line_i…",
 "listReservations 200 text/csv": "kind,number,status,reservation_id,location_id,line_items_item_id,line_items_quan…",
 "listReturns 200 text/csv": "kind,number,status,bill_number,party_id,location_id,line_items_line,line_items_i…",
 "listSales 200 text/csv": "kind,number,status,bill_number,customer_id,location_id,line_items_item_id,line_i…",
 "listSecurityEvents 200 text/csv": "security_position,type,actor,username,effective_at,recorded_at,data\r\n0,UserCreat…",
 "listSessions 200 text/csv": "session_id,created_at,last_used_at,expires_at,address,device,current\r\n…",
 "listSessionsOfUser 200 text/csv": "session_id,created_at,last_used_at,expires_at,address,device,current\r\n…",
 "listStock 200 text/csv": "item_id,location_id,on_hand,reserved,available,average_cost,value\r\nbottle-500ml,…",
 "listStockCounts 200 text/csv": "kind,number,status,location_id,counts_item_id,counts_counted_quantity,counts_exp…",
 "listStockTransfers 200 text/csv": "kind,number,status,from_location_id,to_location_id,line_items_item_id,line_items…",
 "listSuppliers 200 text/csv": "supplier_id,name,active,position,email,phone,address\r\nCARRIER,Carrier & Sons,tru…",
 "listTransfers 200 text/csv": "kind,number,status,from_account_id,to_account_id,amount,reference,approval_id,re…",
 "listUsers 200 text/csv": "username,role,ledger_roles_ledger_id,ledger_roles_role,active,single_sign_on_iss…",
 "listWastes 200 text/csv": "kind,number,status,location_id,line_items_item_id,line_items_quantity,line_items…",
 "listWebhookAttempts 200 text/csv": "attempt_id,message_id,position,type,attempted_at,duration_ms,status,error\r\n1,tes…",
 "listWebhooks 200 text/csv": "webhook_id,url,description,types,active,disabled_reason,position,sent_position,…",
 "listWriteOffs 200 text/csv": "kind,number,status,bill_number,party_id,amount,reason,approval_id,requested_by,…",
 "proveDocument 200": {
  "format": "factory-ledger proof 1",
  "number": "SO-260401-0001",
  "opening": {
   "event": {
    "position": 0,
    "id": "b2f7c1d0-5a54-4d7e-9a43-0d1f4c1b6f3e",
    "type": "LedgerOpened",
    "data": {
     "ledger_id": "walkthrough",
     "currency": "USD",
     "digits": 2,
     "time_zone": "UTC",
     "approval_threshold": "500000"
    },
    "metadata": {
     "actor": "admin",
     "recorded_at": "2026-04-01T08:00:00.000Z",
     "effective_at": "2026-04-01T08:00:00.000Z",
     "idempotency_key": "server:b2f7c1d0-5a54-4d7e-9a43-0d1f4c1b6f3e",
     "remaining": 11,
     "previous_hash": "",
     "hash": "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742"
    }
   },
   "path": [
    "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742",
    "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742"
   ]
  },
  "events": [
   {
    "event": {
     "position": 30,
     "id": "b2f7c1d0-5a54-4d7e-9a43-0d1f4c1b6f3e",
     "type": "SaleRecorded",
     "data": {
      "number": "SO-260401-0001",
      "customer_id": "CUST-001",
      "location_id": "main",
      "line_items": [
       {
        "item_id": "bottle-500ml",
        "quantity": 20000,
        "unit_price": "0.15",
        "total_price": "300000",
        "cost": "145000",
        "profit": "155000"
       }
      ],
      "total_price": "300000",
      "total_cost": "145000",
      "total_profit": "155000",
      "due_date": "2026-03-31",
      "stock": [
       {
        "item_id": "bottle-500ml",
        "location_id": "main",
        "quantity": -20000,
        "value": "-145000"
       }
      ],
      "journal": [
       {
        "account_id": "receivable:CUST-001",
        "amount": "300000"
       },
       {
        "account_id": "revenue",
        "amount": "-300000"
       }
      ],
      "sales": [
       {
        "item_id": "bottle-500ml",
        "customer_id": "CUST-001",
        "quantity": 20000,
        "revenue": "300000",
        "cost": "145000"
       }
      ],
      "adjusted": []
     },
     "metadata": {
      "actor": "sam",
      "recorded_at": "2026-04-01T08:00:00.000Z",
      "effective_at": "2026-03-09T09:00:00.000Z",
      "idempotency_key": "server:b2f7c1d0-5a54-4d7e-9a43-0d1f4c1b6f3e",
      "previous_hash": "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742",
      "hash": "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742"
     }
    },
    "path": [
     "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742",
     "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742"
    ]
   },
   {
    "event": {
     "position": 31,
     "id": "b2f7c1d0-5a54-4d7e-9a43-0d1f4c1b6f3e",
     "type": "PaymentReceived",
     "data": {
      "number": "PY-260401-0001",
      "bill_number": "SO-260401-0001",
      "party_id": "CUST-001",
      "account_id": "bank",
      "amount": "125000",
      "settles": "125000",
      "journal": [
       {
        "account_id": "bank",
        "amount": "125000"
       },
       {
        "account_id": "receivable:CUST-001",
        "amount": "-125000"
       }
      ]
     },
     "metadata": {
      "actor": "sam",
      "recorded_at": "2026-04-01T08:00:00.000Z",
      "effective_at": "2026-03-10T09:00:00.000Z",
      "idempotency_key": "server:b2f7c1d0-5a54-4d7e-9a43-0d1f4c1b6f3e",
      "previous_hash": "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742",
      "previous_positions": [
       30
      ],
      "hash": "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742"
     }
    },
    "path": [
     "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742",
     "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742"
    ]
   }
  ],
  "checkpoint": {
   "ledger": "walkthrough",
   "size": 58,
   "head_position": 57,
   "head_hash": "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742",
   "merkle_root": "4f2b8a9d6c1e70355d9ab4c7f08e2136a5c94d7be1f3028867c0d5e9b1a3f742",
   "recorded_at": "2026-04-01T08:00:00.000Z",
   "key_id": "5d41402abc4b2a76",
   "public_key": "bm90IGEgcmVhbCBrZXk",
   "signature": "bm90IGEgcmVhbCBzaWduYXR1cmU"
  }
 }
};
