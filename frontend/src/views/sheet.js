// The sheet of the base map: the Equal Earth projection and great circles, as src/citydip/model/projection.py has them.
// Source of the projection: https://doi.org/10.1080/13658816.2018.1504949

const [A1, A2, A3, A4] = [1.340264, -0.081106, 0.000893, 0.003796];
const M = Math.sqrt(3) / 2;
export const WIDTH = 1000;
const SCALE = WIDTH / 2 / (Math.PI / (M * A1));
export const HEIGHT = 2 * 1.3173627591 * SCALE;
const RADIANS = Math.PI / 180;

/** Return where a point lies on the sheet. */
export function project([longitude, latitude]) {
  const theta = Math.asin(M * Math.sin(latitude * RADIANS));
  const square = theta * theta;
  const sixth = square ** 3;
  const x = (longitude * RADIANS * Math.cos(theta)) / (M * (A1 + 3 * A2 * square + sixth * (7 * A3 + 9 * A4 * square)));
  const y = theta * (A1 + A2 * square + sixth * (A3 + A4 * square));
  return [WIDTH / 2 + SCALE * x, HEIGHT / 2 - SCALE * y];
}

/** Return longitude and latitude of a point in WKT; null where it is none. */
export function pointOfWkt(text) {
  const found = /^(?:<[^>]*>\s*)?POINT\s*\(\s*(\S+)\s+(\S+)\s*\)\s*$/i.exec(text ?? "");
  if (!found) return null;
  const point = [Number(found[1]), Number(found[2])];
  return Math.abs(point[0]) <= 180 && Math.abs(point[1]) <= 90 ? point : null;
}

/** Return the shortest way between two points as the data of an SVG path, cut where it leaves the sheet at a side. */
export function greatCircle(start, end) {
  const [a, b] = [vector(start), vector(end)];
  const angle = Math.acos(Math.max(-1, Math.min(1, a[0] * b[0] + a[1] * b[1] + a[2] * b[2])));
  if (angle < 1e-9 || Math.PI - angle < 1e-9) return "";
  const count = Math.max(1, Math.ceil(angle / RADIANS / 4));
  let path = "";
  let before = null;
  for (let number = 0; number <= count; number++) {
    const share = number / count;
    const [m, n] = [Math.sin((1 - share) * angle), Math.sin(share * angle)].map((value) => value / Math.sin(angle));
    const [x, y, z] = a.map((value, i) => m * value + n * b[i]);
    const point = [Math.atan2(y, x) / RADIANS, Math.atan2(z, Math.hypot(x, y)) / RADIANS];
    const sign = before && Math.abs(point[0] - before[0]) <= 180 ? "L" : "M";
    path += sign + project(point).map((value) => value.toFixed(1)).join(" ");
    before = point;
  }
  return path;
}

function vector([longitude, latitude]) {
  const [east, north] = [longitude * RADIANS, latitude * RADIANS];
  return [Math.cos(north) * Math.cos(east), Math.cos(north) * Math.sin(east), Math.sin(north)];
}
