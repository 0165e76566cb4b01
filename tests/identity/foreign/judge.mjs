// Two certified relying parties, openid-client and oauth4webapi, judge the provider.
import { readFileSync } from 'node:fs';
import * as rp from 'openid-client';
import * as oauth from 'oauth4webapi';
import { Browser } from './browser.mjs';

const told = JSON.parse(readFileSync(0, 'utf8'));
const issuer = new URL(told.issuer);
const verdicts = {};
const refused = async act => {
  try { await act(); return 'no error'; } catch (error) {
    const challenge = Array.isArray(error.cause) ? error.cause[0]?.parameters : undefined;
    return error.error ?? challenge?.error ?? error.code ?? String(error);
  }
};
const fresh = () => new Browser(told.issuer, told.username, told.password);
const insecure = { [oauth.allowInsecureRequests]: true };

async function configured(client, proof) {
  const config = await rp.discovery(issuer, client.id, {}, proof, {
    execute: [rp.allowInsecureRequests, rp.enableNonRepudiationChecks],
  });
  return config;
}

async function request(config, more = {}, pushed = false) {
  const verifier = rp.randomPKCECodeVerifier();
  const checks = { pkceCodeVerifier: verifier, expectedState: rp.randomState(), expectedNonce: rp.randomNonce() };
  const params = {
    redirect_uri: told.back, scope: 'openid profile phone offline_access',
    code_challenge: await rp.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
    state: checks.expectedState, nonce: checks.expectedNonce, ...more,
  };
  const url = pushed
    ? await rp.buildAuthorizationUrlWithPAR(config, params) : rp.buildAuthorizationUrl(config, params);
  return { url, checks };
}

async function whole() {
  const config = await configured(told.basic, rp.ClientSecretBasic(told.basic.secret));
  const browser = fresh();
  const claims = JSON.stringify({ id_token: { auth_time: { essential: true }, acr: { values: [told.acr] } } });
  const { url, checks } = await request(config, { max_age: '600', claims, acr_values: told.acr });
  const back = await browser.visit(url, told.back, ['name', 'phone', 'offline']);
  const tokens = await rp.authorizationCodeGrant(config, back, { ...checks, maxAge: 600, idTokenExpected: true });
  const id = tokens.claims();
  verdicts.iss = back.searchParams.get('iss') === told.issuer;
  verdicts.acr = id.acr === told.acr && id.amr.includes('pwd') && id.auth_time > 0;
  verdicts.person = await rp.fetchUserInfo(config, tokens.access_token, id.sub);
  verdicts.replayedCode = await refused(() => rp.authorizationCodeGrant(config, back, checks));
  verdicts.afterReplay = (await rp.tokenIntrospection(config, tokens.access_token)).active;

  const again = await request(config, { prompt: 'none', id_token_hint: tokens.id_token });
  const silent = await browser.visit(again.url, told.back);
  const second = await rp.authorizationCodeGrant(config, silent, again.checks);
  verdicts.silent = second.claims().sub === id.sub;
  const third = await rp.refreshTokenGrant(config, second.refresh_token);
  verdicts.rotated = third.refresh_token !== second.refresh_token;
  verdicts.active = (await rp.tokenIntrospection(config, third.access_token)).active;
  verdicts.replayedRefresh = await refused(() => rp.refreshTokenGrant(config, second.refresh_token));
  verdicts.familyEnded = await refused(() => rp.refreshTokenGrant(config, third.refresh_token));

  await maxAge(config, browser);
  const stranger = await request(config, { prompt: 'none' });
  const lost = await fresh().visit(stranger.url, told.back);
  verdicts.noSession = await refused(() => rp.authorizationCodeGrant(config, lost, stranger.checks));
  const bye = rp.buildEndSessionUrl(config, { id_token_hint: second.id_token, post_logout_redirect_uri: told.bye });
  verdicts.bye = (await browser.get(bye)).headers.get('location');
  const after = await request(config, { prompt: 'none' });
  const out = await browser.visit(after.url, told.back);
  verdicts.signedOut = out.searchParams.get('error');
}

async function maxAge(config, browser) {
  const before = browser.seen.length;
  const now = await request(config, { max_age: '0' });
  const back = await browser.visit(now.url, told.back);
  const tokens = await rp.authorizationCodeGrant(config, back, { ...now.checks, maxAge: 0 });
  verdicts.maxAge = browser.seen.slice(before).some(path => /sign-in|prove/.test(path));
  await rp.tokenRevocation(config, tokens.access_token);
  verdicts.revoked = await refused(() => rp.fetchUserInfo(config, tokens.access_token, tokens.claims().sub));
}

async function registered() {
  const metadata = { redirect_uris: [told.back], grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'client_secret_post', client_name: 'Registered itself' };
  const config = await rp.dynamicClientRegistration(issuer, metadata, rp.ClientSecretPost(),
    { execute: [rp.allowInsecureRequests], initialAccessToken: told.invitation });
  const { url, checks } = await request(config, { scope: 'openid profile' }, true);
  const back = await fresh().visit(url, told.back, ['name']);
  const tokens = await rp.authorizationCodeGrant(config, back, checks);
  verdicts.registered = (await rp.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)).name;
  verdicts.invitedTwice = await refused(() => rp.dynamicClientRegistration(issuer, metadata,
    rp.ClientSecretPost(), { execute: [rp.allowInsecureRequests], initialAccessToken: told.invitation }));
}

async function withKeys() {
  const discovered = await oauth.discoveryRequest(issuer, insecure);
  const as = await oauth.processDiscoveryResponse(issuer, discovered);
  const key = await crypto.subtle.importKey('jwk', told.keyed.jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  const proof = oauth.PrivateKeyJwt({ key, kid: 'k1' });
  const client = { client_id: told.keyed.id, require_auth_time: true };
  const verifier = oauth.generateRandomCodeVerifier();
  const nonce = oauth.generateRandomNonce();
  const params = new URLSearchParams({ client_id: client.client_id, redirect_uri: told.back, nonce,
    response_type: 'code', scope: 'openid', prompt: 'login', code_challenge_method: 'S256',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier) });
  const sent = await oauth.pushedAuthorizationRequest(as, client, proof, params, insecure);
  const pushed = await oauth.processPushedAuthorizationResponse(as, client, sent);
  const url = new URL(as.authorization_endpoint);
  url.search = new URLSearchParams({ client_id: client.client_id, request_uri: pushed.request_uri });
  const back = oauth.validateAuthResponse(as, client, await fresh().visit(url, told.back));
  const answer = await oauth.authorizationCodeGrantRequest(as, client, proof, back, told.back, verifier, insecure);
  const result = await oauth.processAuthorizationCodeResponse(as, client, answer, { expectedNonce: nonce, requireIdToken: true, maxAge: 60 });
  await oauth.validateApplicationLevelSignature(as, answer, insecure);
  verdicts.keyed = oauth.getValidatedIdTokenClaims(result).sub.length > 20;
  const info = await oauth.userInfoRequest(as, client, result.access_token, insecure);
  verdicts.onlySub = Object.keys(await oauth.processUserInfoResponse(as, client, oauth.getValidatedIdTokenClaims(result).sub, info));
  const reused = await fresh().get(url);
  verdicts.pushedTwice = reused.status;
}

for (const part of [whole, registered, withKeys]) {
  try { await part(); } catch (error) {
    verdicts[part.name] = `${error.stack} ${error.cause ? JSON.stringify(error.cause) : ''}`;
  }
}
console.log(JSON.stringify(verdicts));
