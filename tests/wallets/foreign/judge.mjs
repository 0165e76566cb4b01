// A foreign wallet: @openid4vc for the protocols, @sd-jwt and @owf/mdoc for the documents, jose for keys.
// Reads what it has to know as JSON, answers with verdicts as JSON.
import { X509Certificate } from 'node:crypto';
import { ES256, digest, generateSalt } from '@sd-jwt/crypto-nodejs';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { clientAuthenticationAnonymous, clientAuthenticationNone } from '@openid4vc/oauth2';
import { Openid4vciClient } from '@openid4vc/openid4vci';
import { Openid4vpClient } from '@openid4vc/openid4vp';
import * as jose from 'jose';
import { Browser } from './browser.mjs';
import { callbacks, signerOf, wallet } from './keys.mjs';
import { presentMdoc, verifyMdoc } from './mdoc.mjs';

const told = JSON.parse(await new Promise((done) => {
  let text = '';
  process.stdin.on('data', (part) => { text += part; }).on('end', () => done(text));
}));
const verdicts = {};
// The city's name is no address here: whoever asks for it is led to the server under test.
const real = globalThis.fetch;
globalThis.fetch = (url, init) => real(String(url).replace(told.issuer, told.live), init);
const key = await wallet();
const refusal = async (ask) => {
  try { await ask(); return 'taken'; } catch (error) {
    return error.errorResponse?.error ?? error.response?.credentialErrorResponseResult?.data?.error ?? String(error.message).slice(0, 200);
  }
};

// --- fetching with code and digits, the token bound to a key ------------------------------------
const client = new Openid4vciClient({ callbacks: { ...callbacks, clientAuthentication: clientAuthenticationAnonymous() } });
const offer = await client.resolveCredentialOffer(told.offer);
const issuerMetadata = await client.resolveIssuerMetadata(offer.credential_issuer);
const [sdJwt, mdoc] = offer.credential_configuration_ids;
const dpop = { signer: signerOf(key) };
const access = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({ credentialOffer: offer, issuerMetadata, txCode: told.digits, dpop });
verdicts.bound = access.accessTokenResponse.token_type;

async function fetched(configuration, { accessToken, bound }, copies = 1, nonce = undefined) {
  const asked = nonce ?? (await client.requestNonce({ issuerMetadata })).c_nonce;
  const keys = [key, ...(await Promise.all(Array.from({ length: copies - 1 }, wallet)))];
  const proofs = await Promise.all(keys.map((each) => client.createCredentialRequestJwtProof({
    issuerMetadata, credentialConfigurationId: configuration, nonce: asked, signer: signerOf(each),
  })));
  const answer = await client.retrieveCredentials({
    issuerMetadata, credentialConfigurationId: configuration, accessToken, dpop: bound,
    proofs: { jwt: proofs.map((each) => each.jwt) },
  });
  return { answer, asked, credentials: answer.credentialResponse.credentials.map((each) => each.credential) };
}

const bound = { accessToken: access.accessTokenResponse.access_token, bound: access.dpop };
const first = await fetched(sdJwt, bound, 2);
const second = await fetched(mdoc, bound);
verdicts.copies = new Set(first.credentials).size;
verdicts.replayedNonce = await refusal(() => fetched(sdJwt, bound, 1, first.asked));
verdicts.replayedCode = await refusal(() => client.retrievePreAuthorizedCodeAccessTokenFromOffer({ credentialOffer: offer, issuerMetadata, txCode: told.digits }));
verdicts.afterReplay = await refusal(() => fetched(sdJwt, bound));

// --- the documents themselves -------------------------------------------------------------------
const issuerKeys = (await (await fetch(new URL('/.well-known/jwt-vc-issuer', told.issuer))).json()).jwks.keys;
const check = await ES256.getVerifier(issuerKeys[0]);
const list = async (uri) => (await fetch(uri)).text();
const verifier = new SDJwtVcInstance({ hasher: digest, hashAlg: 'sha-256', verifier: check, statusVerifier: check, statusListFetcher: list });
const claims = (await verifier.verify(first.credentials[0])).payload;
verdicts.adult = claims.age_over_18;
const roots = (await (await fetch(new URL('/licences/authority.pem', told.issuer))).text()).match(/-----BEGIN[^]+?END CERTIFICATE-----/g).map((pem) => new X509Certificate(pem).raw);
verdicts.mdoc = await verifyMdoc(second.credentials[0], roots);

// --- fetching by authorization code, as a registered wallet ---------------------------------------
const known = new Openid4vciClient({ callbacks: { ...callbacks, clientAuthentication: clientAuthenticationNone({ clientId: told.client }) } });
const open = { ...offer, grants: { authorization_code: {} } };
const way = await known.createAuthorizationRequestUrlFromOffer({
  credentialOffer: open, issuerMetadata, clientId: told.client, redirectUri: told.back, scope: 'licences', state: 's-1',
});
const browser = new Browser(told.live, told.username, told.password);
const back = await browser.visit(way.authorizationRequestUrl.replace(told.issuer, told.live), told.back, ['licences']);
const token = await known.retrieveAuthorizationCodeAccessTokenFromOffer({
  credentialOffer: open, issuerMetadata, authorizationCode: back.searchParams.get('code'),
  pkceCodeVerifier: way.pkce.codeVerifier, redirectUri: told.back,
});
verdicts.byCode = (await fetched(sdJwt, { accessToken: token.accessTokenResponse.access_token })).credentials.length;
const third = await fetched(mdoc, { accessToken: token.accessTokenResponse.access_token });
const noted = await known.sendNotification({
  issuerMetadata, accessToken: token.accessTokenResponse.access_token,
  notification: { notificationId: third.answer.credentialResponse.notification_id, event: 'credential_accepted' },
});
verdicts.noted = noted.response.status;

// --- answering a verifier -------------------------------------------------------------------------
const vp = new Openid4vpClient({ callbacks });
async function question(link) {
  const parsed = vp.parseOpenid4vpAuthorizationRequest({ authorizationRequest: link });
  const resolved = await vp.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: parsed.params });
  const signer = new X509Certificate(Buffer.from(resolved.jar.jwt.header.x5c[0], 'base64'));
  const trusted = roots.some((root) => signer.verify(new X509Certificate(root).publicKey));
  return { resolved, asked: resolved.authorizationRequestPayload, trusted };
}

async function answered(link, make) {
  const { resolved, asked, trusted } = await question(link);
  const vpToken = await make(asked);
  const response = await vp.createOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: asked, authorizationResponsePayload: { vp_token: vpToken },
    ...(asked.response_mode === 'direct_post.jwt' && { jarm: { encryption: { nonce: asked.nonce }, serverMetadata: {
      authorization_signing_alg_values_supported: [], authorization_encryption_alg_values_supported: ['ECDH-ES'],
      authorization_encryption_enc_values_supported: ['A128GCM', 'A256GCM'] } } }),
  });
  const send = async () => (await vp.submitOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: asked, authorizationResponsePayload: response.authorizationResponsePayload, jarm: response.jarm,
  })).response.status;
  return { prefix: resolved.client.prefix, version: resolved.version, trusted, status: await send(), replayed: await send() };
}

const holder = new SDJwtVcInstance({
  hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt, kbSigner: await ES256.getSigner(key.secret), kbSignAlg: 'ES256',
});
const showSdJwt = async (asked) => ({
  'seniors-card_s': [await holder.present(first.credentials[0], { age_over_18: true }, {
    kb: { payload: { iat: Math.floor(Date.now() / 1000), aud: asked.client_id, nonce: asked.nonce } },
  })],
});
const showMdoc = async (asked) => {
  const jwk = asked.client_metadata?.jwks?.keys[0];
  const thumbprint = jwk && jose.base64url.decode(await jose.calculateJwkThumbprint(jwk));
  return { 'seniors-card_m': [await presentMdoc(second.credentials[0], key.secret, asked, thumbprint, ['age_over_18'])] };
};
verdicts.answers = [];
for (const [link, make] of [[told.links[0], showSdJwt], [told.links[1], showMdoc], [told.links[2], showSdJwt]]) {
  verdicts.answers.push(await answered(link, make));
}
process.stdout.write(JSON.stringify(verdicts));
