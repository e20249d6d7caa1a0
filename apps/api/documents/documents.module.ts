import { Module } from '@nestjs/common';
import { VoidDocumentHandler } from './void-document.command.js';

@Module({ providers: [VoidDocumentHandler] })
export class DocumentsModule {}
