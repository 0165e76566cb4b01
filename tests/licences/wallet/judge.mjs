// A foreign wallet and verifier: @sd-jwt/sd-jwt-vc. Reads a question as JSON, answers as JSON.
import { ES256, digest, generateSalt } from "@sd-jwt/crypto-nodejs";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";

const told = JSON.parse(await new Promise((done) => {
  let text = "";
  process.stdin.on("data", (part) => { text += part; }).on("end", () => done(text));
}));

const open = ({ kty, crv, x, y }) => ({ kty, crv, x, y });

async function present({ credential, keys, wallet, show, nonce, audience, at, list }) {
  const holder = new SDJwtVcInstance({
    hasher: digest, hashAlg: "sha-256", saltGenerator: generateSalt,
    kbSigner: await ES256.getSigner(wallet), kbSignAlg: "ES256",
  });
  const presentation = await holder.present(credential, Object.fromEntries(show.map((name) => [name, true])), {
    kb: { payload: { iat: at, aud: audience, nonce } },
  });
  return { presentation, verdict: await verify({ presentation, keys, wallet, nonce, list }) };
}

async function verify({ presentation, keys, wallet, nonce, list }) {
  const check = await ES256.getVerifier(open(keys[0]));
  const verifier = new SDJwtVcInstance({
    hasher: digest, hashAlg: "sha-256", verifier: check, statusVerifier: check,
    kbVerifier: wallet ? await ES256.getVerifier(open(wallet)) : undefined,
    statusListFetcher: async () => list,
  });
  try {
    const { payload } = await verifier.verify(presentation, { keyBindingNonce: nonce });
    return { holds: true, payload };
  } catch (error) {
    return { holds: false, why: String(error.message) };
  }
}

async function issue({ wallet, claims, hidden }) {
  const issuer = new SDJwtVcInstance({
    hasher: digest, hashAlg: "sha-256", saltGenerator: generateSalt,
    signer: await ES256.getSigner(wallet), signAlg: "ES256",
  });
  return { credential: await issuer.issue(claims, { _sd: hidden }) };
}

const doors = { present, verify, issue };
process.stdout.write(JSON.stringify(await doors[told.door](told)));
