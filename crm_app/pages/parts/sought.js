// The lines of a grid while somebody types: what stands in a product cell and is not decided yet, and what becomes of it.
//
// `typed` is what stands in the product cell of a line, and `heading` over its group, before it is left. `taking` is the option of
// the list that was taken before the list was there, EXACT the product of that code. `find` is what the server looks for.

export const EXACT = "exact";
export const TEXT = "text"; // no product at all

export const isBlank = (row) => !row.id && !row.product && !row.description && !row.price && !row.find && !row.typed;

/** The line with another product: the server fills in what belongs to it. */
export const picked = ({ typed, taking, find, missed, ...row }, item) => ({
  ...row,
  product: item.id,
  description: "",
  unit: "",
  price: "",
  tax_class: "",
  texts: { ...row.texts, product: item.name },
});

/** The line with what was typed as its own text. */
function asText({ typed, taking, ...row }) {
  const text = typed?.trim();
  if (text === undefined || text === shownIn(row)) return row;
  const { find, missed, ...rest } = row;
  return { ...rest, product: "", description: text, texts: text ? row.texts : {} };
}

/** What the product cell shows while nobody types into it. */
export const shownIn = (row) => (row.product ? (row.texts?.product ?? "") : (row.description ?? "").split("\n")[0]);

/** The lines as they are saved: with all that is typed. */
export const written = (rows) => headed(rows).map(asText);

/** The lines as they are computed: without what is being typed. */
export const bare = (rows) => headed(rows).filter((row) => !isBlank({ ...row, typed: "" }));

/** A draft that comes back: nobody types in it any more, but what was taken is still looked up. */
export const typedIn = (rows) => headed(rows).map((row) => (row.taking === undefined ? asText(row) : row));

/** The lines with the names that are being typed over their groups. */
export function headed(rows) {
  let heading;
  let group;
  return rows.map(({ heading: own, ...row }, index) => {
    if (index === 0 || row.group !== group) heading = own;
    group = row.group;
    return heading === undefined ? row : { ...row, group: heading.trim() };
  });
}

/** First and last of the lines that go with this one: those of its group, else it alone. */
function together(rows, at) {
  const { group } = rows[at];
  let [first, last] = [at, at];
  while (group && rows[first - 1]?.group === group) first -= 1;
  while (group && rows[last + 1]?.group === group) last += 1;
  return [first, last];
}

/** The lines with the group of `key` moved beyond what goes with the line `under`. */
export function groupMoved(rows, key, under) {
  const [first, last] = together(rows, rows.findIndex((row) => row.key === key));
  const there = rows.findIndex((row) => row.key === under);
  if (there >= first && there <= last) return rows;
  const [from, to] = together(rows, there);
  const left = [...rows.slice(0, first), ...rows.slice(last + 1)];
  const at = from > last ? to + 1 - (last + 1 - first) : from;
  return [...left.slice(0, at), ...rows.slice(first, last + 1), ...left.slice(at)];
}

/** What becomes of a line of which an option was taken, now that the list is there; null where it could not be had. */
export function taken(row, items) {
  if (!items) return { ...asText(row), find: row.typed.trim() };
  const code = row.typed.trim().toLowerCase();
  const item = row.taking === EXACT ? items.find((one) => one.code?.toLowerCase() === code) : items[row.taking];
  return item ? picked(row, item) : asText(row);
}

/** The first products with that code, or these words in their names. */
export async function productsLike(text, signal) {
  const address = `/api/v1/products?q=${encodeURIComponent(text)}&size=8&fields=name,code,price,currency,unit&filter[active]=true`;
  const response = await fetch(address, { credentials: "same-origin", signal, headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(response.statusText);
  return ((await response.json()).items ?? []).map((item) => ({ ...item, id: String(item.id) }));
}

/** One more of it, where it is a number; a comma is a decimal mark as well as a point is. */
export function oneMore(quantity) {
  const mark = quantity?.includes(",") ? "," : ".";
  const value = Number((quantity || "0").replace(",", "."));
  return Number.isFinite(value) ? String(Math.round((value + 1) * 1e6) / 1e6).replace(".", mark) : quantity;
}

/** The rows with one more, as the server knows it: a scanned product that has a line already is counted there. */
export function settled(rows, row, answer) {
  if (!answer) return [...rows, row];
  const { find, ...rest } = row;
  if (!answer.product && answer.several) return [...rows, { ...rest, missed: "several" }];
  if (!answer.product) return [...rows, row.scanned || row.coded ? { ...rest, missed: "unknown" } : rest];
  const same = row.scanned ? rows.findIndex((one) => one.product === answer.product) : -1;
  if (same >= 0)
    return rows.map((one, index) => (index === same ? { ...one, scanned: one.scanned ?? row.scanned, quantity: oneMore(one.quantity) } : one));
  return [...rows, { ...rest, product: answer.product, description: "", texts: { ...row.texts, product: answer.product_name } }];
}
