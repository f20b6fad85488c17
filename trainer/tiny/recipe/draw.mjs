// Draws one picture for each JSON line on standard input and writes its raw RGB bytes
// (size x size x 3, row by row) to standard output, in order.
//
// A line: {"size": 64, "style": "toon-head", "options": {...}, "scale": 1.2, "dx": 0, "dy": 0,
//          "background": "<svg elements drawn in a 768 x 768 box>"}
// `options` goes to DiceBear as it is; `scale`, `dx`, `dy` place the character in the box.
import { createInterface } from "node:readline";
import { once } from "node:events";
import { createAvatar } from "@dicebear/core";
import * as toonHead from "@dicebear/toon-head";
import * as adventurer from "@dicebear/adventurer";
import { Resvg } from "@resvg/resvg-js";

const STYLES = { "toon-head": toonHead, adventurer };
const BOX = 768;

function draw(line) {
  const spec = JSON.parse(line);
  const style = STYLES[spec.style];
  const raw = createAvatar(style, spec.options).toString();
  const [, , width] = /viewBox="([-\d.]+) [-\d.]+ ([\d.]+)/.exec(raw);
  const inner = raw.slice(raw.indexOf(">", raw.indexOf("<svg")) + 1, raw.lastIndexOf("</svg>"))
    .replace(/<metadata[\s\S]*?<\/metadata>/, "")
    .replace(/<mask[\s\S]*?<\/mask>/, "")
    .replace(/ mask="url\(#viewboxMask\)"/, "");
  const zoom = (spec.scale * BOX) / Number(width);
  const left = BOX / 2 + spec.dx - (zoom * Number(width)) / 2;
  const top = spec.dy;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${BOX} ${BOX}">` +
    `${spec.background}<g transform="translate(${left} ${top}) scale(${zoom})" fill="none">${inner}</g></svg>`;
  const rgba = new Resvg(svg, { fitTo: { mode: "width", value: spec.size } }).render().pixels;
  const rgb = Buffer.alloc((rgba.length / 4) * 3);
  for (let i = 0, j = 0; i < rgba.length; i += 4) {
    rgb[j++] = rgba[i]; rgb[j++] = rgba[i + 1]; rgb[j++] = rgba[i + 2];
  }
  return rgb;
}

for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  if (!process.stdout.write(draw(line))) await once(process.stdout, "drain");
}
process.stdout.end();
