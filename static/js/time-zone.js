// Tell the server the browser's time zone, so that days are the reader's days. An account's own
// setting wins; without script days are UTC days.

// A formatter knows it too, but to make one is by far the dearest step of a page; Temporal is newer.
const zone =
  globalThis.Temporal?.Now.timeZoneId() ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
const secure = location.protocol === "https:" ? "; Secure" : "";

if (zone && !document.cookie.includes(`time_zone=${zone}`)) {
  document.cookie = `time_zone=${zone}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}
