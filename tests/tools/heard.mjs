// Prints what a virtual screen reader says of each page given, as JSON: {page: [phrase, …]}.
import { readFileSync } from "node:fs";
import { JSDOM, VirtualConsole } from "jsdom";

const spoken = {};
for (const page of process.argv.slice(2)) {
  // The console of the page is left alone: jsdom reports there what it does not draw.
  const { window } = new JSDOM(readFileSync(page, "utf8"), {
    url: "http://localhost/",
    virtualConsole: new VirtualConsole(),
  });
  for (const key of Object.getOwnPropertyNames(window)) {
    if (!(key in globalThis)) globalThis[key] = window[key];
  }
  globalThis.window = window;
  globalThis.document = window.document;
  const { Virtual } = await import("@guidepup/virtual-screen-reader");
  const reader = new Virtual();
  await reader.start({ container: window.document.body, window });
  while ((await reader.lastSpokenPhrase()) !== "end of document") await reader.next();
  spoken[page] = await reader.spokenPhraseLog();
  await reader.stop();
}
console.log(JSON.stringify(spoken));
