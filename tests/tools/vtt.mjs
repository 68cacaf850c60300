// Prints what the author of the standard's parser finds in each WebVTT file given, as JSON: {file: {errors, cues}}.
import { readFileSync } from "node:fs";
import parser from "webvtt-parser";

const found = {};
for (const file of process.argv.slice(2)) {
  const { errors, cues } = new parser.WebVTTParser().parse(readFileSync(file, "utf8"));
  found[file] = { errors: errors.map((error) => `${error.line}: ${error.message}`), cues };
}
console.log(JSON.stringify(found));
