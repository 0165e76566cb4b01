// Judges a licence that somebody holds out, by what this page keeps: no question leaves the phone.
// SD-JWT VC: RFC 9901 (digests of disclosures), RFC 7515 (ES256), Token Status List (states).
const SKEW = 60; // seconds; clocks of phones differ

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const told = (text) => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes(text)));

class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

const digest = async (text) => {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const plain = btoa(String.fromCharCode(...new Uint8Array(hash)));
  return plain.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};

const signed = async (token, kit) => {
  const [head, body, signature, ...more] = token.split(".");
  if (!signature || more.length) throw new Refused("form");
  const header = told(head);
  const known = Object.hasOwn(kit.keys, header.kid) ? kit.keys[header.kid] : null;
  if (header.alg !== "ES256" || header.typ !== "dc+sd-jwt" || !known) throw new Refused("forged");
  const { kty, crv, x, y } = known;
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, curve, false, ["verify"]);
  const covered = new TextEncoder().encode(`${head}.${body}`);
  const how = { name: "ECDSA", hash: "SHA-256" };
  if (!(await crypto.subtle.verify(how, key, bytes(signature), covered))) throw new Refused("forged");
  return told(body);
};

const opened = async (payload, disclosures) => {
  const promised = new Set(payload._sd ?? []);
  const claims = { ...payload };
  for (const one of disclosures) {
    const [, name, value, ...more] = told(one);
    if (more.length || !promised.delete(await digest(one))) throw new Refused("forged");
    if (Object.hasOwn(claims, name)) throw new Refused("forged");
    claims[name] = value;
  }
  return claims;
};

const state = async (payload, kit) => {
  const { idx, uri } = payload.status?.status_list ?? {};
  const list = Object.hasOwn(kit.lists, uri) ? kit.lists[uri] : null;
  if (!list || !Number.isSafeInteger(idx) || idx < 0) return "unknown";
  const packed = new Blob([bytes(list.lst)]).stream();
  const states = new Uint8Array(
    await new Response(packed.pipeThrough(new DecompressionStream("deflate"))).arrayBuffer(),
  );
  const each = 8 / list.bits;
  const place = Math.floor(idx / each);
  if (place >= states.length) return "unknown";
  const value = (states[place] >> ((idx % each) * list.bits)) & (2 ** list.bits - 1);
  return ["valid", "revoked", "suspended"][value] ?? "unknown";
};

// What to say of the text: { code, claims, kind }; claims only of what our keys signed.
export const judged = async (text, kit, now) => {
  try {
    const [token, ...rest] = text.replace(/\s+/g, "").split("~");
    if (!rest.length) throw new Refused("form");
    if (rest.at(-1)) throw new Refused("bound"); // a wallet's own proof needs a question of ours
    const payload = await signed(token, kit);
    const claims = await opened(payload, rest.slice(0, -1));
    const kind = Object.hasOwn(kit.kinds, payload.vct) ? kit.kinds[payload.vct] : null;
    if (payload.iss !== kit.issuer || !kind) throw new Refused("forged");
    if (payload.cnf) return { code: "bound", claims: {}, kind };
    if (payload.exp + SKEW <= now) return { code: "over", claims: {}, kind };
    if (payload.nbf - SKEW > now) return { code: "early", claims: {}, kind };
    return { code: await state(payload, kit), claims, kind };
  } catch (problem) {
    return { code: problem instanceof Refused ? problem.code : "form", claims: {}, kind: null };
  }
};
