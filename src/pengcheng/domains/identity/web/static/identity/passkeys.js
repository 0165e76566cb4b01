// Passkeys: talk to the device and hand its answer to the city. Everything else works without.

const forms = document.querySelectorAll("form[data-passkey]");
const usable = Boolean(window.PublicKeyCredential && navigator.credentials);
let waiting = null; // the question in the field's suggestions, until a button is pressed

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function text(buffer) {
  if (!buffer) return undefined;
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function readable(options) {
  const named = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));
  const made = { ...options, challenge: bytes(options.challenge) };
  if (options.user) made.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) made.excludeCredentials = named(options.excludeCredentials);
  if (options.allowCredentials) made.allowCredentials = named(options.allowCredentials);
  return made;
}

function told(credential) {
  const { response } = credential;
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: text(response.userHandle),
    },
  };
}

async function send(form, url, body) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(url, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body),
  });
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.title || answer.statusText);
  return found;
}

function field(form, name) {
  const element = form.elements.namedItem(name);
  return element ? element.value : "";
}

function say(form, message) {
  const place = form.querySelector("[data-passkey-said]");
  place.textContent = message;
  place.hidden = !message;
}

async function make(form) {
  const options = await send(form, form.dataset.options, {});
  const credential = await navigator.credentials.create({ publicKey: readable(options) });
  const body = { credential: told(credential), name: field(form, "name") };
  return send(form, form.action, body);
}

async function use(form, more) {
  const options = await send(form, form.dataset.options, {});
  const credential = await navigator.credentials.get({ publicKey: readable(options), ...more });
  const body = {
    credential: told(credential),
    next: field(form, "next"),
    level: field(form, "level"),
  };
  return send(form, form.action, body);
}

async function pressed(event, form) {
  event.preventDefault();
  if (waiting) waiting.abort();
  say(form, "");
  try {
    const found = await (form.dataset.passkey === "make" ? make(form) : use(form, {}));
    location.assign(found.next);
  } catch (fault) {
    const quiet = fault.name === "NotAllowedError" || fault.name === "AbortError";
    say(form, quiet ? form.dataset.broken : fault.message || form.dataset.broken);
  }
}

// Browsers that can, offer the passkey among the suggestions of the username's field.
async function suggest(form) {
  const able = PublicKeyCredential.isConditionalMediationAvailable;
  if (!able || !(await PublicKeyCredential.isConditionalMediationAvailable())) return;
  waiting = new AbortController();
  try {
    const found = await use(form, { mediation: "conditional", signal: waiting.signal });
    location.assign(found.next);
  } catch (fault) {
    // Who chose none is not told of it: the button and the password remain.
    const quiet = fault.name === "NotAllowedError" || fault.name === "AbortError";
    if (!quiet) say(form, fault.message || form.dataset.broken);
  }
}

for (const form of forms) {
  form.hidden = false;
  if (!usable) {
    form.querySelector("button").hidden = true;
    say(form, form.dataset.unable);
  } else {
    form.addEventListener("submit", (event) => pressed(event, form));
    if (form.dataset.passkey === "suggest") suggest(form);
  }
}
