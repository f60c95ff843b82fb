// Swagger UI over the API's own description. A signed-in session calls along with its token against
// forgery; a program's id and secret are asked for by "Authorize" and kept nowhere.

const place = document.querySelector("#swagger-ui");
const { schema, csrfToken } = place.dataset;

const dark = matchMedia("(prefers-color-scheme: dark)");
const adapt = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
adapt();
dark.addEventListener("change", adapt);

function withoutSession(spec) {
  // The browser sends its session by itself; there is nothing to type in for it.
  delete spec.components.securitySchemes.browserSession;
  for (const methods of Object.values(spec.paths)) {
    for (const says of Object.values(methods)) {
      says.security = says.security.filter((way) => !("browserSession" in way));
    }
  }
  return spec;
}

function withCsrfToken(request) {
  const isOwn = new URL(request.url, location.href).origin === location.origin;
  if (csrfToken && isOwn && request.method !== "GET") request.headers["X-CSRFToken"] = csrfToken;
  return request;
}

const answer = await fetch(schema);
window.SwaggerUIBundle({
  spec: withoutSession(await answer.json()),
  domNode: place,
  deepLinking: true,
  persistAuthorization: false,
  requestInterceptor: withCsrfToken,
});
