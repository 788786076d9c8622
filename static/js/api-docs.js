/** The browsable description of the API: Swagger UI without an inline script, so that the page keeps our CSP. */

const place = document.querySelector("#api-docs");

window.SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: true,
  requestInterceptor: (request) => {
    if (request.method && request.method !== "GET") request.headers["X-CSRFToken"] = place.dataset.csrfToken;
    return request;
  },
});
