// Rows copied from a spreadsheet, as the lines of a document: which column is what follows from its head, else from what it holds.

// what the words of a head begin with, without accents and points; "" is not taken over: the document works it out itself
const HEADS = [
  ["", /total|^(importe|amount|net|iva|vat|tax|impuesto)/],
  ["price", /^(prec|pric|pvp|pu|unitpr|unitc|tarif|rate|valor|vr|vlr|vunit)/],
  ["discount", /^(dto|dcto|descue|descto|disc)/],
  ["quantity", /^(cant|qty|quant|uds|unidades|units|horas|hours)/],
  ["unit", /^(unidad|unit|ud|um)/],
  ["text", /^(desc|concept|detal|nombre|name|text)/],
  ["what", /^(cod|ref|sku|art|item|prod|part)/],
];
const NUMBERS = ["quantity", "price", "discount"];
const CODES = /^(cod|ref|sku)/;
const MONEY = "[A-Z]{1,2}\\$|S/\\.?|[€$£¥₡₲₱]|[A-Z]{3}";
const BEFORE = new RegExp(`^(?:${MONEY})\\s*`);
const AFTER = new RegExp(`\\s*(?:${MONEY}|%)$`);

const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^a-z]/g, "");
const bare = (text) => text.replace(BEFORE, "").replace(AFTER, "").trim();
const isNumber = (text) => /^[-−+]?\d[\d.,\s]*$/.test(bare(text));

/** The cells, row by row, the last empty rows left out. What holds a line end stands in quotes there, each quote in it twice. */
function cellsOf(pasted) {
  const text = pasted.replace(/\r\n?/g, "\n").trimEnd();
  const rows = [[]];
  const quoted = /"((?:[^"]|"")*)"(?=[\t\n]|$)/y;
  const open = /[^\t\n]*/y;
  for (let at = 0; at <= text.length; ) {
    quoted.lastIndex = open.lastIndex = at;
    const inside = quoted.exec(text);
    const cell = inside ?? open.exec(text);
    rows.at(-1).push((inside ? inside[1].replaceAll('""', '"') : cell[0]).trim());
    at += cell[0].length;
    if (text[at] === "\n") rows.push([]);
    at += 1;
  }
  return rows;
}

/** What each column is, where the first row says so. */
function headsOf(cells) {
  const roles = cells.map((cell) => HEADS.find(([, begins]) => begins.test(plain(cell)))?.[0]);
  const named = roles.filter((role) => role !== undefined);
  return named.length > 1 && named.length * 2 >= cells.length && (roles.includes("what") || roles.includes("text")) ? roles : null;
}

/** The same by what stands in the columns: what it is, a text about it, and numbers in their order; a text after one is the unit. */
function guessed(rows) {
  const numbers = [...NUMBERS];
  const width = Math.max(...rows.map((cells) => cells.length));
  const roles = ["what"];
  for (let column = 1; column < width; column += 1) {
    const filled = rows.map((cells) => cells[column]).filter(Boolean);
    if (!filled.length || filled.filter(isNumber).length * 2 >= filled.length) roles.push(numbers.shift() ?? "");
    else roles.push(numbers.length === 3 ? "text" : "unit");
  }
  return roles;
}

/** [{find, coded, description, quantity, unit, price, discount}], numbers as they were written, without currency. What stands under
 * the head of a code is `coded`: it is the code of a product, not the name of something else. */
export function pastedRows(text) {
  const all = cellsOf(text).filter((cells) => cells.some(Boolean));
  if (!all.length) return [];
  const heads = headsOf(all[0]);
  const rows = heads ? all.slice(1) : all;
  const roles = heads ?? guessed(rows);
  const position = roles.indexOf("what");
  // "Item" over 1, 2, 3 beside a text is the number of the line
  if (heads?.includes("text") && rows.every((cells, index) => cells[position] === String(index + 1))) roles[position] = "";
  const coded = Boolean(heads) && CODES.test(plain(all[0][roles.indexOf("what")] ?? ""));
  return rows
    .map((cells) => Object.fromEntries(roles.map((role, column) => [role, cells[column] ?? ""]).reverse()))
    .filter((row) => row.what || row.text)
    .map((row) => ({
      find: row.what || row.text,
      coded: coded && Boolean(row.what),
      description: [row.what, row.text].filter(Boolean).join(" "),
      quantity: bare(row.quantity ?? "") || "1",
      unit: row.unit ?? "",
      price: bare(row.price ?? ""),
      discount: bare(row.discount ?? ""),
    }));
}

/** [{quantity, unit, price, discount}], row by row, of columns of numbers that go into the cells from `field` on; what was empty is
 * left out. null where the first column holds something else. */
export function pastedNumbers(text, field) {
  const rows = cellsOf(text);
  const names = NUMBERS.slice(NUMBERS.indexOf(field));
  const columns = rows[0].map((_, column) => rows.map((cells) => cells[column]).filter(Boolean));
  if (!NUMBERS.includes(field) || !columns[0].length || !columns[0].every(isNumber)) return null;
  const roles = columns.map((filled) => (filled.every(isNumber) ? names.shift() : "unit"));
  return rows.map((cells) => Object.fromEntries(roles.map((role, column) => [role, bare(cells[column] ?? "")]).filter(([role, cell]) => role && cell)));
}
