// Builds what pages load into ../src/citydip/web/static/built: scripts, styles, fonts and the base map.
// Everything comes from packages; nothing is fetched here, and pages fetch nothing from elsewhere.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { geoEqualEarth, geoPath } from "d3-geo";
import { feature } from "topojson-client";

const require = createRequire(import.meta.url);
const out = new URL("../src/citydip/web/static/built/", import.meta.url).pathname;
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

// The Equal Earth projection on a sheet 1000 wide; src/citydip/model/projection.py puts points on the same sheet.
const WIDTH = 1000;
const SCALE = WIDTH / 2 / 2.7066299836;
const HEIGHT = 2 * 1.3173627591 * SCALE;
const topology = JSON.parse(readFileSync(require.resolve("world-atlas/countries-110m.json")));
const projection = geoEqualEarth().scale(SCALE).translate([WIDTH / 2, HEIGHT / 2]).precision(0.3);
const path = geoPath(projection).digits(1);
const land = path(feature(topology, topology.objects.land));
const borders = path(feature(topology, topology.objects.countries));
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT.toFixed(1)}"><g id="land">` +
  `<path d="${land}"/><path class="borders" d="${borders}" fill="none"/></g></svg>\n`;
writeFileSync(out + "land.svg", svg);

const fonts = [
  ["@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-normal.woff2", "latin.woff2"],
  ["@fontsource-variable/source-serif-4/files/source-serif-4-latin-ext-wght-normal.woff2", "latin-ext.woff2"],
  ["@fontsource-variable/vazirmatn/files/vazirmatn-arabic-wght-normal.woff2", "arabic.woff2"],
];
for (const [from, to] of fonts) copyFileSync(require.resolve(from), out + to);

await build({
  entryPoints: ["src/page.js", "src/editor.js", "src/ask.js"],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  outdir: out,
  legalComments: "linked",
});
