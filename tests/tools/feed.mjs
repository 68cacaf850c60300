// Prints what podcast-partytime reads in a feed, as JSON.
import { readFileSync } from "node:fs";
import { parseFeed } from "podcast-partytime";

const unexpected = [];
console.warn = (...words) => unexpected.push(words.join(" "));
const feed = parseFeed(readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify({ feed, unexpected }));
