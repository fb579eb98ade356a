// Writes a CSV as workbooks with exceljs, as people's own tools would, for workbooks.py.
//
//   node write_workbooks.mjs table.csv DIRECTORY
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ExcelJS from "exceljs";

const [, , source, directory] = process.argv;

// No cell of the generator's CSV holds a line end.
function cellsOf(line) {
  const cells = [];
  for (const [, quoted, plain] of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g))
    cells.push(quoted !== undefined ? quoted.replaceAll('""', '"') : plain);
  return cells;
}

const isNumber = (text) => /^(?:0|[1-9]\d{0,14})(?:\.\d+)?$/.test(text) && text.length <= 16;
const table = readFileSync(source, "utf8").trimEnd().split("\n").map(cellsOf);
const typed = table.map((row, at) =>
  row.map((text) => (text === "" ? null : at > 0 && isNumber(text) ? Number(text) : text)));

async function plain() {
  const book = new ExcelJS.Workbook();
  book.addWorksheet("Lot").addRows(typed);
  await book.xlsx.writeFile(join(directory, "plain.xlsx"));
}

// A cover, a hidden sheet, a merged title above the table, formats, formulas with their values, rich text.
async function dressed() {
  const book = new ExcelJS.Workbook();
  book.addWorksheet("Cover").addRow(["Acme liquidation"]);
  book.addWorksheet("Archive", { state: "hidden" }).addRows(typed.slice(0, 5));
  const sheet = book.addWorksheet("Lot 7");
  sheet.addRow(["Manifest of lot 7"]).font = { bold: true };
  sheet.mergeCells("A1:D1");
  sheet.addRow([]);
  const head = table[0];
  sheet.addRow([...head, "Sold on"]);
  typed.slice(1).forEach((row, at) => {
    const added = sheet.addRow([...row, new Date(Date.UTC(2026, 4, 1 + (at % 28)))]);
    row.forEach((value, column) => {
      const cell = added.getCell(column + 1);
      if (head[column] === "title") cell.value = { richText: [{ text: value.slice(0, 3), font: { bold: true } }, { text: value.slice(3) }] };
      if (head[column] === "quantity" && value !== null) cell.value = { formula: `${value}+0`, result: value };
      if (/msrp|cost/.test(head[column])) cell.numFmt = '#,##0.00 [$USD]';
    });
    added.getCell(head.length + 1).numFmt = "dd.mm.yyyy";
    if (at % 10 === 0) sheet.addRow([]);
  });
  await book.xlsx.writeFile(join(directory, "dressed.xlsx"));
}

// Row by row, as exporters of shops write: texts in the cells, no shared ones.
async function streamed() {
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({ filename: join(directory, "streamed.xlsx") });
  const sheet = book.addWorksheet("Lot");
  for (const row of typed) sheet.addRow(row).commit();
  sheet.commit();
  await book.commit();
}

async function calendarOf1904() {
  const book = new ExcelJS.Workbook();
  book.properties.date1904 = true;
  const sheet = book.addWorksheet("Lot");
  sheet.addRow(["Title", "Sold on"]);
  const row = sheet.addRow(["Kettle", new Date(Date.UTC(2026, 4, 1))]);
  row.getCell(2).numFmt = "yyyy-mm-dd";
  await book.xlsx.writeFile(join(directory, "calendar1904.xlsx"));
}

await plain();
await dressed();
await streamed();
await calendarOf1904();
