// htmx asks with the form's CSRF token in a header, so no page needs inline script.
const page = document.querySelector("[data-csrf]");

document.addEventListener("htmx:config:request", (event) => {
  const request = event.detail.ctx.request;
  if (request.method.toUpperCase() !== "GET" && page) {
    request.headers["X-CSRFToken"] = page.dataset.csrf;
  }
});
