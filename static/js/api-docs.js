// Swagger UI over the API's own description. A signed-in session calls along with its token against
// forgery; a program's id and secret are asked for by "Authorize" and kept nowhere.

const place = document.querySelector("#swagger-ui");
const { schema, csrfToken } = place.dataset;

const dark = matchMedia("(prefers-color-scheme: dark)");
const adapt = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
adapt();
dark.addEventListener("change", adapt);

// The layout of the page: it has a title, a main part and a description of its own already. The path
// of an operation stands inside its button, so it is no link; the cross that closes says so in words.
const ofThePortal = ({ React: { createElement: h } }) => ({
  components: {
    PortalLayout: ({ getComponent }) => {
      const part = (name) => h(getComponent(name, true));
      const authorize = h("section", { className: "schemes wrapper" }, part("AuthorizeBtnContainer"));
      return h("div", { className: "swagger-ui" },
        h(getComponent("SvgAssets")),
        h("h2", { className: "visually-hidden" }, "Operations"),
        part("errors"),
        h("div", { className: "scheme-container" }, authorize),
        h("div", { className: "wrapper" }, part("operations"), part("Models")));
    },
    DeepLink: ({ text }) => h("span", null, text),
  },
  wrapComponents: {
    CloseIcon: (Icon) => () =>
      h("span", null, h(Icon), h("span", { className: "visually-hidden" }, "Close")),
  },
});

// What is drawn without a name gets one, and what scrolls can be scrolled by the keyboard.
function complete() {
  for (const select of place.querySelectorAll("select:not([aria-label])")) {
    const parameter = select.closest("[data-param-name]");
    select.setAttribute("aria-label", parameter ? parameter.dataset.paramName : "Example");
  }
  for (const code of place.querySelectorAll(":is(.microlight, .curl):not([tabindex])")) {
    code.tabIndex = 0;
  }
}
new MutationObserver(complete).observe(place, { childList: true, subtree: true });

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
  layout: "PortalLayout",
  plugins: [ofThePortal],
  syntaxHighlight: { theme: "tomorrow-night" },
  persistAuthorization: false,
  requestInterceptor: withCsrfToken,
});
