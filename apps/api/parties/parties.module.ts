import { Module } from '@nestjs/common';
import { ChangeCustomerHandler } from './change-customer.command.js';
import { ChangeSupplierHandler } from './change-supplier.command.js';
import { CustomersController } from './customers.controller.js';
import { GetCustomerHandler, ListCustomersHandler } from './customers.queries.js';
import { RegisterCustomerHandler } from './register-customer.command.js';
import { RegisterSupplierHandler } from './register-supplier.command.js';
import { SuppliersController } from './suppliers.controller.js';
import { GetSupplierHandler, ListSuppliersHandler } from './suppliers.queries.js';

@Module({
  controllers: [SuppliersController, CustomersController],
  providers: [
    RegisterSupplierHandler,
    ChangeSupplierHandler,
    RegisterCustomerHandler,
    ChangeCustomerHandler,
    ListSuppliersHandler,
    GetSupplierHandler,
    ListCustomersHandler,
    GetCustomerHandler,
  ],
})
export class PartiesModule {}
