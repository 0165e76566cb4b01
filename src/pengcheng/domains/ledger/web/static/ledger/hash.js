// Works the fingerprint out here, so that the file never leaves the machine. Without this script
// the file is sent, hashed and dropped.
const LARGEST = 50 * 1024 * 1024;

async function fingerprint(file) {
  const hash = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

for (const form of document.querySelectorAll("form[data-hash]")) {
  const file = form.querySelector('input[name="file"]');
  const digest = form.querySelector('input[name="digest"]');
  if (!file || !digest || !globalThis.crypto?.subtle) continue;
  file.addEventListener("change", async () => {
    const chosen = file.files[0];
    if (!chosen || chosen.size > LARGEST) return;
    digest.value = await fingerprint(chosen);
  });
  form.addEventListener("submit", () => {
    // The name of the file stays in one's own list only when the file itself is sent.
    if (digest.value) file.value = "";
  });
}
