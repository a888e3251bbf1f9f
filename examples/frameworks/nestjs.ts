// NestJS: the module brings the schema into line before a provider that injects it is made, and lets go when the application closes.
import 'reflect-metadata'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:http'
import { Inject, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { TRUEUP, TrueupModule } from 'trueup/nestjs'
import type { TrueupProvider } from 'trueup/nestjs'
import { add, all, schema } from './notes.ts'

class Notes {
  readonly trueup: TrueupProvider
  constructor(provider: TrueupProvider) {
    this.trueup = provider
  }
  readonly add = add
  readonly all = all
}
// Modules of NestJS are empty classes.
// oxlint-disable-next-line typescript/no-extraneous-class
class AppModule {}

// `@Inject(TRUEUP)` and `@Module({ … })`, written as the functions that they are: so this file needs no compiler for decorators.
Inject(TRUEUP)(Notes, undefined, 0)
Module({ imports: [TrueupModule.forRoot(schema)], providers: [Notes] })(AppModule)

const app = await NestFactory.createApplicationContext(AppModule, { logger: false })
app.enableShutdownHooks()
const notes = app.get(Notes)

// An application with @nestjs/platform-express has controllers instead.
const server = createServer((request, response) => {
  const body = /^\/notes\/(.+)$/.exec(request.url ?? '')?.[1]
  if (request.method === 'POST' && body !== undefined) {
    notes.add(decodeURIComponent(body))
    response.writeHead(201).end()
  } else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(notes.all()))
})
server.listen(Number(process.env['PORT'] ?? 8080), '127.0.0.1', () => console.log(`listening on ${(server.address() as AddressInfo).port}`))
process.once('SIGTERM', () => server.close())
