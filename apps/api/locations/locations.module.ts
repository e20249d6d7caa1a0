import { Module } from '@nestjs/common';
import { ChangeLocationHandler } from './change-location.command.js';
import { LocationsController } from './locations.controller.js';
import { GetLocationHandler, ListLocationsHandler } from './locations.queries.js';
import { RegisterLocationHandler } from './register-location.command.js';

@Module({
  controllers: [LocationsController],
  providers: [RegisterLocationHandler, ChangeLocationHandler, ListLocationsHandler, GetLocationHandler],
})
export class LocationsModule {}
