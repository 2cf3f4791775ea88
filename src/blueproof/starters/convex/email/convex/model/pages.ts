const HEADERS = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy":
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
};

const STYLE =
  "body{font:1.1rem system-ui;max-width:24rem;margin:4rem auto;padding:0 1rem}" +
  "input,button{font:inherit;width:100%;padding:.6rem;margin:.4rem 0;box-sizing:border-box}";

/** A small page without scripts; `body` is markup and holds nothing that a visitor sent unchecked. */
export function page(title: string, body: string, status = 200): Response {
  const html =
    `<!doctype html><html lang="en"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width, initial-scale=1">` +
    `<title>${title}</title><style>${STYLE}</style></head><body><h1>${title}</h1>${body}</body></html>`;
  return new Response(html, { status, headers: HEADERS });
}
