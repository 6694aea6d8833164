import 'reflect-metadata';
import { Controller, type ExecutionContext, Get, Module, Post, Req, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthGuard, PassportModule, PassportSerializer, PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import passport from 'passport';
import { Strategy } from 'passport-local';
import { describe, expect, it } from 'vitest';
import { COMBINATIONS } from '../support/combinations.ts';
import { makeSession, serve } from '../support/serve.ts';

// NestJS 12 brings its own Express 5. The decorators are called, since the compiler's settings exclude their syntax.

class LocalStrategy extends PassportStrategy(Strategy) {
  validate(username: string, password: string): object | null {
    return password === 'secret' ? { id: username } : null;
  }
}

class LocalGuard extends AuthGuard('local') {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const isSignedIn = (await super.canActivate(context)) === true;
    await super.logIn(context.switchToHttp().getRequest());
    return isSignedIn;
  }
}

class Serializer extends PassportSerializer {
  serializeUser(user: unknown, done: (error: null, user: unknown) => void): void {
    done(null, user);
  }

  deserializeUser(user: unknown, done: (error: null, user: unknown) => void): void {
    done(null, user);
  }
}

class AppController {
  show(req: Request): object {
    return { user: req.user, native: req.coatcheck.userId };
  }

  signIn(): string {
    return 'done';
  }

  async signOut(req: Request): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      req.logout((error) => (error ? reject(error) : resolve()));
    });
  }
}

function route(name: keyof AppController, ...decorators: readonly MethodDecorator[]): void {
  const { prototype } = AppController;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
  if (descriptor === undefined) throw new Error(`There is no method ${name}.`);
  for (const decorate of decorators) decorate(prototype, name, descriptor);
  Req()(prototype, name, 0);
}
route('show', Get('/'));
route('signIn', Post('/login'), UseGuards(LocalGuard));
route('signOut', Post('/logout'));
Controller()(AppController);

class AppModule {}
Module({
  imports: [PassportModule.register({ session: true })],
  controllers: [AppController],
  providers: [LocalStrategy, Serializer],
})(AppModule);

describe.each(COMBINATIONS.filter(({ express }) => express === 5))('NestJS on $name', ({ makeStore }) => {
  it('signs in and out with passport', async () => {
    const app = await NestFactory.create(AppModule, { logger: false });
    const middleware = makeSession({ store: makeStore() });
    app.use(middleware);
    app.use(passport.session());
    await app.init();
    const { client } = await serve(app.getHttpServer());
    const browser = client();
    expect(await browser.post('/login', { username: 'ada', password: 'x' })).toMatchObject({ status: 401 });
    expect(browser.cookies.size).toBe(0);
    expect(await browser.post('/login', { username: 'ada', password: 'secret' })).toMatchObject({
      status: 201,
      text: 'done',
    });
    expect(JSON.parse(await browser.get('/'))).toEqual({ user: { id: 'ada' }, native: 'ada' });
    expect(await middleware.sessions.list('ada')).toHaveLength(1);
    expect(await browser.post('/logout')).toMatchObject({ status: 201 });
    expect(JSON.parse(await browser.get('/'))).toEqual({});
    expect(await middleware.sessions.list('ada')).toEqual([]);
  });
});
