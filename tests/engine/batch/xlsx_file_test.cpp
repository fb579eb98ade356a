// Tests of workbooks from their bytes to items: sheets, cells of every type, and what is refused.
// SPDX-License-Identifier: MIT
#include "engine/batch/xlsx_file.hpp"

#include <gmock/gmock.h>

#include "tests/engine/batch/taken_items.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/xlsx_writer.hpp"

namespace assay::engine {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::take;
using testing::take_split;
using testing::Taken;
using testing::text_rows;
using testing::XlsxWriter;
using testing::ZipEntries;

IntakeOptions workbook() {
    IntakeOptions options;
    options.format = InputFormat::xlsx;
    return options;
}

Taken taken(const XlsxWriter& writer) {
    return take(workbook(), writer.bytes());
}

// A table whose header is Title,EAN,Qty,MSRP,Note in row 1 and whose rows are as given.
XlsxWriter with_rows(const std::string& rows, std::string_view after = {}) {
    XlsxWriter writer;
    writer.sheet("Sheet1", text_rows({{"Title", "EAN", "Qty", "MSRP", "Extra"}}) + rows, {}, after);
    return writer;
}

std::string json_of(const Taken& result, std::size_t at = 0) {
    EXPECT_THAT(result.result, IsOk());
    return at < result.items.size() ? result.items[at].json : std::string();
}

TEST(Xlsx, MakesOneProductPerRow) {
    const Taken result =
        taken(testing::workbook_of({{"Title", "EAN", "Qty", "MSRP", "Zustand"},
                                    {"Drill", "4006381333931", "2", "129.90", "Neu"},
                                    {},
                                    {"Saw, \"big\"\nred", "", "1", "12.5", ""}}));
    ASSERT_THAT(result.result, IsOk());
    ASSERT_EQ(result.items.size(), 2U);
    EXPECT_EQ(result.items[0].json,
              R"({"title":"Drill","condition":"Neu","identifiers":{"ean":"4006381333931"},)"
              R"("quantity":2,"msrp":"129.9"})");
    EXPECT_EQ(result.items[0].line, 2U);
    EXPECT_EQ(result.items[1].json, R"({"title":"Saw, \"big\"\nred","quantity":1,"msrp":"12.5"})");
    EXPECT_EQ(result.items[1].line, 4U) << "the row's number in the sheet";
    EXPECT_EQ(result.report.sheet, "Manifest");
    EXPECT_TRUE(result.report.remarks.empty());
    EXPECT_EQ(result.report.columns.size(), 5U);
}

TEST(Xlsx, RowsAreNamedAsTheSameRowsOfACsv) {
    const Taken sheet = taken(testing::workbook_of({{"Title", "Qty"}, {"A, \"b\"", "2"}}));
    IntakeOptions options;
    options.format = InputFormat::csv;
    const Taken csv = take(options, "Title,Qty\n\"A, \"\"b\"\"\",2\n");
    ASSERT_EQ(sheet.items.size(), 1U);
    ASSERT_EQ(csv.items.size(), 1U);
    EXPECT_EQ(sheet.items[0].id, csv.items[0].id);
    EXPECT_EQ(sheet.items[0].json, csv.items[0].json);
}

TEST(Xlsx, IsRecognisedByItsBytesWhateverWasAnnounced) {
    const std::string bytes = testing::workbook_of({{"Title"}, {"A"}}).bytes();
    for (const auto format :
         {InputFormat::csv, InputFormat::json, InputFormat::ndjson, InputFormat::xlsx}) {
        IntakeOptions options;
        options.format = format;
        EXPECT_EQ(take(options, bytes).items.size(), 1U);
    }
}

TEST(Xlsx, AnySplitGivesTheSameItems) {
    const std::string bytes = testing::workbook_of({{"Title", "Qty"}, {"A", "2"}}).bytes();
    const Taken whole = take(workbook(), bytes);
    ASSERT_EQ(whole.items.size(), 1U);
    for (std::size_t at = 0; at <= bytes.size(); at += 7)
        EXPECT_EQ(take_split(workbook(), bytes, at), whole) << "split at " << at;
}

TEST(Xlsx, ReadsCellsOfEveryType) {
    XlsxWriter writer = with_rows(
        R"(<row r="2"><c r="A2" t="inlineStr"><is><r><t>Rich </t></r><r><t>text</t></r>)"
        R"(<rPh sb="0" eb="1"><t>sound</t></rPh></is></c>)"
        R"(<c r="B2"><v>4.006381333931E+12</v></c><c r="C2"><f>1+1</f><v>2</v></c>)"
        R"(<c r="D2" s="1"><v>19.989999999999998</v></c><c r="E2" t="b"><v>1</v></c></row>)"
        R"(<row r="3"><c r="A3" t="str"><f>A2</f><v>Computed</v></c>)"
        R"(<c r="B3" s="3"><v>45496901332</v></c><c r="D3"><v>5</v></c>)"
        R"(<c r="E3" s="2"><v>45413</v></c></row>)"
        R"(<row r="4"><c r="A4" t="s"><v>1</v></c><c r="E4" t="d"><v>2024-05-01T00:00:00</v></c>)"
        R"(</row>)");
    writer.formats({"#,##0.00 [$EUR]", "dd.mm.yyyy", "000000000000"});
    writer.shared("<si><t>unused</t></si><si><r><t>Sha</t></r><r><t>red</t></r></si>");
    const Taken result = taken(writer);
    EXPECT_EQ(json_of(result, 0),
              R"({"title":"Rich text","identifiers":{"ean":"4006381333931"},)"
              R"("quantity":2,"currency":"EUR","msrp":"19.99","Extra":"TRUE"})");
    EXPECT_EQ(json_of(result, 1),
              R"({"title":"Computed","identifiers":{"ean":"045496901332"},"msrp":"5",)"
              R"("Extra":"2024-05-01"})");
    EXPECT_EQ(json_of(result, 2), R"({"title":"Shared","Extra":"2024-05-01"})");
}

TEST(Xlsx, CellsAndRowsWithoutReferencesFollowEachOther) {
    XlsxWriter writer;
    writer.sheet("S",
                 "<row><c t=\"inlineStr\"><is><t>Title</t></is></c><c t=\"inlineStr\"><is><t>"
                 "Qty</t></is></c></row><row><c t=\"inlineStr\"><is><t>A</t></is></c><c><v>3"
                 "</v></c></row>");
    EXPECT_EQ(json_of(taken(writer)), R"({"title":"A","quantity":3})");
}

TEST(Xlsx, ReadsTheSystemOf1904) {
    XlsxWriter writer = with_rows(R"(<row r="2"><c r="A2" t="inlineStr"><is><t>A</t></is></c>)"
                                  R"(<c r="E2" s="1"><v>43951</v></c></row>)");
    writer.formats({"yyyy-mm-dd"}).dates_from_1904();
    EXPECT_EQ(json_of(taken(writer)), R"({"title":"A","Extra":"2024-05-01"})");
}

TEST(Xlsx, TellsOfCellsThatHoldNoValue) {
    const Taken result = taken(with_rows(
        R"(<row r="2"><c r="A2" t="inlineStr"><is><t>A</t></is></c>)"
        R"(<c r="B2" t="e"><v>#REF!</v></c>)"
        R"(<c r="C2"><f>SUM(Z1:Z9)</f></c></row>)"
        R"(<row r="3" hidden="1"><c r="A3" t="inlineStr"><is><t>B</t></is></c>)"
        R"(<c r="B3" t="e"><v>#DIV/0!</v></c></row>)",
        R"(<mergeCells count="2"><mergeCell ref="E2:E3"/><mergeCell ref="A1:C1"/></mergeCells>)"));
    EXPECT_EQ(json_of(result, 0), R"({"title":"A"})");
    EXPECT_EQ(json_of(result, 1), R"({"title":"B"})");
    EXPECT_THAT(result.report.remarks,
                ElementsAre("2 cells (first B2) with an error such as #N/A read as empty",
                            AllOf(HasSubstr("1 formula (first C2)"), HasSubstr("computed")),
                            AllOf(HasSubstr("1 merged area (first E2:E3)"), HasSubstr("first row")),
                            "1 hidden row (first 3) read like the others"));
}

TEST(Xlsx, LeavesPreambleAndTotalsOut) {
    const Taken result = taken(testing::workbook_of({{"Manifest of lot 7"},
                                                     {},
                                                     {"Title", "Qty", "MSRP"},
                                                     {"A", "2", "5"},
                                                     {"B", "3", "6"},
                                                     {"Total", "5", ""}}));
    ASSERT_THAT(result.result, IsOk());
    EXPECT_EQ(result.items.size(), 2U);
    EXPECT_EQ(result.items[0].line, 4U);
    EXPECT_THAT(result.report.remarks, ElementsAre("2 lines above the header left out",
                                                   HasSubstr("line 6 looks like a total")));
}

TEST(Xlsx, TakesTheFirstVisibleSheetThatHoldsATable) {
    const std::string table = text_rows({{"Title"}, {"A"}});
    XlsxWriter writer;
    writer.sheet("Old", table, "hidden")
        .sheet("Empty", "")
        .sheet("Read me", text_rows({{"Call us"}, {"+49 30 1"}}))
        .sheet("Lot \"7\" & more", text_rows({{"Title"}, {"B"}}))
        .sheet("Prices", table)
        .sheet("Macros", table, "veryHidden");
    const Taken result = taken(writer);
    EXPECT_EQ(json_of(result), R"({"title":"B"})");
    EXPECT_EQ(result.report.sheet, "Lot \"7\" & more");
    EXPECT_THAT(result.report.remarks,
                ElementsAre("read the sheet \"Lot \"7\" & more\"; not read: \"Old\" (hidden), "
                            "\"Empty\", \"Read me\", \"Prices\", \"Macros\" (hidden)"));
}

TEST(Xlsx, ReadsTheSheetThatIsNamedEvenAHiddenOne) {
    XlsxWriter writer;
    writer.sheet("One", text_rows({{"Title"}, {"A"}}))
        .sheet("Two", text_rows({{"Title"}, {"B"}}), "hidden");
    IntakeOptions options = workbook();
    options.sheet = "Two";
    EXPECT_EQ(json_of(take(options, writer.bytes())), R"({"title":"B"})");
    options.sheet = "Three";
    const Taken missing = take(options, writer.bytes());
    ASSERT_THAT(missing.result, FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(missing.result.error().message, HasSubstr("\"One\", \"Two\" (hidden)"));
    options.format = InputFormat::csv;
    EXPECT_THAT(take(options, "Title\nA\n").result, FailsWith(ErrorCode::invalid_argument));
}

TEST(Xlsx, ColumnsCanBeNamed) {
    IntakeOptions options = workbook();
    options.columns = {{"title", "Was"}};
    XlsxWriter writer;
    writer.sheet("Notes", text_rows({{"Title"}, {"not this"}}))
        .sheet("Data", text_rows({{"Was", "X"}, {"A", "1"}}));
    const Taken result = take(options, writer.bytes());
    EXPECT_EQ(json_of(result), R"({"title":"A","X":"1"})");
    EXPECT_EQ(result.report.sheet, "Data");
}

TEST(Xlsx, SaysWhyNoSheetIsATable) {
    XlsxWriter hidden;
    hidden.sheet("A", text_rows({{"Title"}, {"x"}}), "hidden");
    Taken result = taken(hidden);
    ASSERT_THAT(result.result, FailsWith(ErrorCode::empty_batch));
    EXPECT_THAT(result.result.error().message, HasSubstr("\"A\" (hidden)"));

    result = taken(XlsxWriter().sheet("Blank", "").sheet("Notes", text_rows({{"x"}, {"y"}})));
    ASSERT_THAT(result.result, FailsWith(ErrorCode::invalid_input));
    EXPECT_THAT(result.result.error().message,
                AllOf(HasSubstr("sheet \"Notes\" has no column"), HasSubstr("none of its 2")));

    EXPECT_THAT(taken(XlsxWriter().sheet("Blank", "")).result, FailsWith(ErrorCode::empty_batch));
    EXPECT_THAT(taken(XlsxWriter().sheet("Head", text_rows({{"Title", "Qty"}}))).result,
                FailsWith(ErrorCode::empty_batch));
    EXPECT_THAT(taken(XlsxWriter()).result, FailsWith(ErrorCode::empty_batch));
}

TEST(Xlsx, BadRowsFailAlone) {
    const std::string long_text(limits::string_bytes_max + 1, 'x');
    const Taken result = taken(with_rows(
        "<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>" + long_text + "</t></is></c></row>" +
        R"(<row r="3"><c r="A3" t="inlineStr"><is><t>A</t></is></c><c r="G3"><v>1</v></c></row>)" +
        R"(<row r="4"><c r="A4" t="inlineStr"><is><t>B</t></is></c><c r="ZZ4"><v>1</v></c></row>)" +
        R"(<row r="5"><c r="A5" t="inlineStr"><is><t>C</t></is></c></row>)"));
    ASSERT_THAT(result.result, IsOk());
    ASSERT_EQ(result.items.size(), 4U);
    EXPECT_THAT(result.items[0].fault->message, HasSubstr("cell A2"));
    EXPECT_FALSE(result.items[0].fault->remedy.empty());
    EXPECT_EQ(result.items[1].fault->line, 3U);
    EXPECT_THAT(result.items[2].fault->message, HasSubstr("cell ZZ4"));
    EXPECT_FALSE(result.items[3].fault);
}

TEST(Xlsx, ARowOfManyLongTextsFailsAlone) {
    const std::string text(limits::string_bytes_max, 'x');
    std::string row = "<row r=\"2\">";
    for (char column = 'A'; column <= 'R'; ++column)
        row += std::string("<c r=\"") + column + "2\" t=\"s\"><v>0</v></c>";
    const Taken result = taken(with_rows(row + "</row>").shared("<si><t>" + text + "</t></si>"));
    ASSERT_EQ(result.items.size(), 1U);
    EXPECT_EQ(result.items[0].fault->code, ErrorCode::payload_too_large);
}

// One long text named by a small number, over and over: little in the archive, much in the table.
TEST(Xlsx, BoundsATableThatGrowsOutOfItsTexts) {
    const std::string text(limits::string_bytes_max, 'x');
    std::string rows;
    for (std::size_t row = 2; row < 100; ++row) {
        const std::string at = std::to_string(row);
        rows += "<row r=\"" + at + "\">";
        for (char column = 'A'; column <= 'P'; ++column)
            rows += std::string("<c r=\"") + column + at + "\" t=\"s\"><v>0</v></c>";
        rows += "</row>";
    }
    XlsxWriter writer = with_rows(rows);
    writer.shared("<si><t>" + text.substr(0, text.size() - 8) + "</t></si>");
    IntakeOptions options = workbook();
    options.unpacked_bytes_max = 16 * limits::mebibyte;
    const Taken result = take(options, writer.bytes());
    ASSERT_THAT(result.result, FailsWith(ErrorCode::payload_too_large));
    EXPECT_THAT(result.result.error().message, HasSubstr("sheet of more than 16 MiB"));
}

struct Damage {
    std::string_view part, content, tells;
};
// A part replaced by something wrong, and what must be told.
constexpr Damage damages[] = {
    {"xl/workbook.xml", "<workbook", "xl/workbook.xml"},
    {"xl/workbook.xml", "<!DOCTYPE x [<!ENTITY a \"b\">]><workbook/>", "document type"},
    {"xl/_rels/workbook.xml.rels", "no xml", "workbook.xml.rels"},
    {"_rels/.rels", "<R", "_rels/.rels"},
    {"xl/sharedStrings.xml", "<sst><si>", "sharedStrings.xml"},
    {"xl/styles.xml", "", "styles.xml"},
    {"xl/worksheets/sheet1.xml", "<worksheet><sheetData><row r=\"1\">", "sheet1.xml"},
    {"xl/worksheets/sheet1.xml", "<w><sheetData><row r=\"x\"/></sheetData></w>", "row"},
    {"xl/worksheets/sheet1.xml", "<w><sheetData><row r=\"2\"/><row r=\"2\"/></sheetData></w>",
     "row 2"},
    {"xl/worksheets/sheet1.xml", "<w><sheetData><row r=\"2000000\"/></sheetData></w>", "2000000"},
    {"xl/worksheets/sheet1.xml", "<w><sheetData><row r=\"1\"><c r=\"A2\"/></row></sheetData></w>",
     "row 1"},
    {"xl/worksheets/sheet1.xml",
     "<w><sheetData><row r=\"1\"><c r=\"B1\"/><c r=\"A1\"/></row></sheetData></w>", "row 1"},
    {"xl/worksheets/sheet1.xml",
     "<w><sheetData><row r=\"1\"><c t=\"s\"><v>99</v></c></row></sheetData></w>", "A1"},
    {"xl/worksheets/sheet1.xml",
     "<w><sheetData><row r=\"1\"><c t=\"s\"><v>-1</v></c></row></sheetData></w>", "A1"},
};

TEST(Xlsx, DamageIsToldWithItsPlaceAndHowToMendIt) {
    for (const Damage& damage : damages) {
        XlsxWriter writer = testing::workbook_of({{"Title"}, {"A"}});
        writer.formats({"0"}).part(damage.part, damage.content);
        const Taken result = taken(writer);
        ASSERT_THAT(result.result, FailsWith(ErrorCode::unsupported_media)) << damage.content;
        EXPECT_THAT(result.result.error().message, HasSubstr(damage.tells)) << damage.content;
        EXPECT_FALSE(result.result.error().remedy.empty()) << damage.content;
        EXPECT_TRUE(result.items.empty()) << damage.content;
    }
}

TEST(Xlsx, FindsItsPartsWhereverTheyStand) {
    XlsxWriter writer = testing::workbook_of({{"Title"}, {"A"}});
    ZipEntries entries = writer.entries();
    for (auto& [name, content] : entries) {
        if (name == "xl/workbook.xml") name = "other\\Book.XML";
        if (name == "xl/_rels/workbook.xml.rels") name = "other/_rels/Book.xml.rels";
        if (name == "_rels/.rels")
            content.replace(content.find("xl/workbook.xml"), 15, "/other/Book.xml");
    }
    for (auto& [name, content] : entries) {
        if (name != "other/_rels/Book.xml.rels") continue;
        for (const std::string target : {"worksheets/", "sharedStrings"})
            content.replace(content.find("\"" + target) + 1, 0, "../xl/");
    }
    EXPECT_EQ(json_of(take(workbook(), testing::zip_of(entries))), R"({"title":"A"})");
}

TEST(Xlsx, RefusesWhatIsTooLarge) {
    std::string large = "PK\x03\x04";
    large.resize(limits::workbook_bytes_max + 1);
    EXPECT_THAT(take(workbook(), large).result, FailsWith(ErrorCode::payload_too_large));
}

TEST(Xlsx, TooManyProductsAreRefused) {
    std::string rows = text_rows({{"Title"}});
    for (std::size_t i = 0; i <= limits::products_per_batch_max; ++i)
        rows += "<row><c t=\"str\"><v>Lamp " + std::to_string(i + 1) + "</v></c></row>";
    EXPECT_THAT(taken(XlsxWriter().sheet("S", rows)).result,
                FailsWith(ErrorCode::too_many_products));
}

struct ForeignArchive {
    ZipEntries entries;
    std::string_view is, remedy;
};

TEST(Xlsx, OtherArchivesAreToldWhatTheyAre) {
    const ForeignArchive archives[] = {
        {{{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, {"content.xml", ""}},
         "OpenDocument file (.ods)",
         "save it as .xlsx or CSV"},
        {{{"Index/Document.iwa", ""}, {"Data/x", ""}}, "iWork file (.numbers)", "export it"},
        {{{"[Content_Types].xml", ""}, {"xl/workbook.bin", ""}}, "(.xlsb)", "save it as .xlsx"},
        {{{"[Content_Types].xml", ""}, {"word/document.xml", ""}}, "Word document", "spreadsheet"},
        {{{"ppt/slides/1.xml", ""}}, "PowerPoint", "spreadsheet"},
        {{{"photo\n.jpg", ""}, {"b", ""}, {"c", ""}},
         "it holds \"photo?.jpg\" and 2 more",
         "unpack it"},
        {{{"manifest.csv", "Title\nA\n"}}, "it holds \"manifest.csv\"", "unpack it"},
        {{}, "it is empty", "unpack it"},
    };
    for (const ForeignArchive& archive : archives) {
        // libzip writes no file for an archive without parts.
        const std::string bytes = archive.entries.empty() ? "PK\x05\x06" + std::string(18, '\0')
                                                          : testing::zip_of(archive.entries);
        const Taken result = take(workbook(), bytes);
        ASSERT_THAT(result.result, FailsWith(ErrorCode::unsupported_media)) << archive.is;
        EXPECT_THAT(result.result.error().message, HasSubstr(archive.is));
        EXPECT_THAT(result.result.error().remedy, HasSubstr(archive.remedy));
    }
}

TEST(Xlsx, OldOfficeFilesAreToldWhatTheyAre) {
    const auto wide = [](std::string_view name) {
        std::string out;
        for (const char c : name)
            out.append({c, '\0'});
        return out;
    };
    const std::string magic = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + std::string(600, '\0');
    for (const auto& [name, is] :
         {std::pair{"Workbook", "old Excel workbook (.xls)"}, std::pair{"Book", "(.xls)"},
          std::pair{"EncryptedPackage", "password"}, std::pair{"WordDocument", "(.doc)"},
          std::pair{"Else", "old Office file"}}) {
        const Taken result = take(workbook(), magic + wide(name));
        ASSERT_THAT(result.result, FailsWith(ErrorCode::unsupported_media)) << name;
        EXPECT_THAT(result.result.error().message, HasSubstr(is));
        EXPECT_FALSE(result.result.error().remedy.empty());
    }
}

TEST(Xlsx, APasswordIsTold) {
    const auto entries = testing::workbook_of({{"Title"}, {"A"}}).entries();
    const Taken result = take(workbook(), testing::zip_of(entries, "secret"));
    ASSERT_THAT(result.result, FailsWith(ErrorCode::unsupported_media));
    EXPECT_THAT(result.result.error().message, HasSubstr("password"));
}

}  // namespace
}  // namespace assay::engine
