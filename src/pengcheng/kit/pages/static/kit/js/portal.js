// The portal works without this; it only adds what GOV.UK's patterns add (focus on errors, counts).
import { initAll } from "../../vendor/govuk-frontend.js";

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}
initAll();
