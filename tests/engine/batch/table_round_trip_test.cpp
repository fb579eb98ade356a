// Generated products, written in every layout, encoding and notation, come back as the same
// products.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <functional>

#include "engine/base/random.hpp"
#include "engine/batch/intake.hpp"
#include "engine/batch/product_parser.hpp"
#include "tests/engine/batch/taken_items.hpp"
#include "tests/support/matchers.hpp"
#include "tools/manifest_generator/manifest_generator.hpp"

namespace assay::engine {
namespace {

using testing::IsOk;
using tools::GeneratedProduct;

// What a product is to be after the journey, as one text that a failure shows whole.
std::string told(const GeneratedProduct& made) {
    const auto amount = [](MinorUnits value) {
        return value < 0 ? std::string("-") : std::to_string(value);
    };
    std::string condition = "unknown";
    if (const auto known = parse_condition(made.condition); known && !made.condition.empty())
        condition = to_string(*known);
    return made.title + "|" + std::string(made.brand) + "|" + std::string(made.department) + " > " +
           std::string(made.subcategory) + "|" + condition + "|" + made.upc + "|" + made.ean + "|" +
           made.asin + "|" + std::to_string(made.quantity) + "|" + amount(made.msrp) + "|" +
           amount(made.unit_cost) + "|" + amount(made.weight_grams) + "|" + made.pallet_id;
}

std::string told(const Product& read) {
    const auto amount = [](const std::optional<std::int64_t>& value) {
        return value ? std::to_string(*value) : std::string("-");
    };
    return std::string(read.title) + "|" + std::string(read.brand) + "|" +
           std::string(read.category) + "|" + std::string(to_string(read.condition)) + "|" +
           std::string(read.identifiers.upc) + "|" + std::string(read.identifiers.ean) + "|" +
           std::string(read.identifiers.asin) + "|" + std::to_string(read.quantity) + "|" +
           amount(read.msrp) + "|" + amount(read.unit_cost) + "|" + amount(read.weight_grams) +
           "|" + std::string(read.pallet_id);
}

enum class Money : std::uint8_t { plain, us, eu, code };
enum class Encoding : std::uint8_t { utf8, utf8_marked, latin1, utf16_little, utf16_big };

struct Form {
    char delimiter = ',';
    Money money = Money::plain;
    Encoding encoding = Encoding::utf8;
    std::string line_end = "\n";
    bool quote_all = false;
    bool broken_titles = false;  // a line end and quotes inside each title
    bool preamble = false, total = false, repeated_header = false;
    std::size_t language = 0;
    std::uint64_t order = 0;  // of the columns: a seed
};

std::string money(MinorUnits value, Money form) {
    if (value < 0) return form == Money::us ? "not available" : "";
    std::string text = format_decimal(value, 2);
    if (form == Money::plain) return text;
    const bool eu = form == Money::eu;
    for (std::size_t at = text.size() - 3; at > 3;)
        text.insert(at -= 3, eu ? "." : ",");
    if (eu) text[text.size() - 3] = ',';
    return form == Money::us ? "$" + text : form == Money::code ? "USD " + text : text + " USD";
}

struct Column {
    std::array<const char*, 4> header;  // in four languages
    std::function<std::string(const GeneratedProduct&, const Form&)> cell;
};

const std::vector<Column>& columns() {
    using P = GeneratedProduct;
    using F = Form;
    static const std::vector<Column> all = {
        {{"Item Description", "Artikelbezeichnung", "T\xc3\xadtulo", "D\xc3\xa9signation"},
         [](const P& p, const F&) { return p.title; }},
        {{"Brand", "Marke", "Marca", "Marque"},
         [](const P& p, const F&) { return std::string(p.brand); }},
        {{"Category", "Kategorie",
          "Categor\xc3\xad"
          "a",
          "Cat\xc3\xa9gorie"},
         [](const P& p, const F&) { return std::string(p.department); }},
        {{"Subcategory", "Unterkategorie",
          "Subcategor\xc3\xad"
          "a",
          "Sous-cat\xc3\xa9gorie"},
         [](const P& p, const F&) { return std::string(p.subcategory); }},
        {{"Condition", "Zustand", "Estado", "\xc3\x89tat"},
         [](const P& p, const F&) { return std::string(p.condition); }},
        {{"UPC", "UPC-Code",
          "C\xc3\xb3"
          "digo UPC",
          "Code UPC"},
         [](const P& p, const F&) { return p.upc; }},
        {{"EAN", "EAN-Nr.",
          "C\xc3\xb3"
          "digo EAN",
          "Code EAN"},
         [](const P& p, const F&) { return p.ean; }},
        {{"ASIN", "ASIN", "ASIN", "ASIN"}, [](const P& p, const F&) { return p.asin; }},
        {{"Qty", "Menge", "Cantidad", "Quantit\xc3\xa9"},
         [](const P& p, const F&) { return std::to_string(p.quantity); }},
        {{"Unit Retail", "UVP", "PVP", "Prix public"},
         [](const P& p, const F& f) { return money(p.msrp, f.money); }},
        {{"Ext. Retail", "UVP gesamt", "PVP total", "Prix public total"},
         [](const P& p, const F& f) {
             return money(p.msrp < 0 ? -1 : p.msrp * p.quantity, f.money);
         }},
        {{"Unit Cost", "Einkaufspreis", "Coste unitario", "Prix d'achat"},
         [](const P& p, const F& f) { return money(p.unit_cost, f.money); }},
        {{"Weight (g)", "Gewicht (g)", "Peso (g)", "Poids (g)"},
         [](const P& p, const F&) {
             return p.weight_grams < 0 ? std::string() : std::to_string(p.weight_grams);
         }},
        {{"Pallet ID", "Palettennummer", "N\xc2\xba de palet", "N\xc2\xb0 de palette"},
         [](const P& p, const F&) { return p.pallet_id; }},
    };
    return all;
}

std::string encoded(const std::string& text, Encoding encoding) {
    if (encoding == Encoding::utf8) return text;
    if (encoding == Encoding::utf8_marked) return "\xef\xbb\xbf" + text;
    const bool wide = encoding != Encoding::latin1, big = encoding == Encoding::utf16_big;
    std::string out = wide ? (big ? "\xfe\xff" : "\xff\xfe") : "";
    for (std::size_t i = 0; i < text.size(); ++i) {
        // The generated texts and headers stay below U+0100.
        const auto byte = static_cast<unsigned char>(text[i]);
        const char low = byte < 0x80
                             ? text[i]
                             : static_cast<char>((byte & 3U) << 6 |
                                                 (static_cast<unsigned char>(text[i + 1]) & 0x3fU));
        i += byte < 0x80 ? 0 : 1;
        if (wide && big) out += '\0';
        out += low;
        if (wide && !big) out += '\0';
    }
    return out;
}

class Writer {
  public:
    explicit Writer(const Form& form) : form_(form) {}

    void line(const std::vector<std::string>& cells) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (i > 0) text += form_.delimiter;
            cell(cells[i]);
        }
        text += form_.line_end;
    }

    std::string text;

  private:
    void cell(const std::string& value) {
        const bool needs = value.find_first_of("\"\r\n,;\t|") != std::string::npos;
        if (!needs && !form_.quote_all) {
            text += value;
            return;
        }
        text += '"';
        for (const char c : value)
            text.append(c == '"' ? 2 : 1, c);
        text += '"';
    }

    const Form& form_;
};

std::string written(const std::vector<GeneratedProduct>& products, const Form& form) {
    std::vector<std::size_t> order(columns().size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    SeededRandom random(form.order);
    for (std::size_t i = order.size(); i-- > 1;)
        std::swap(order[i], order[random.next_u64() % (i + 1)]);
    Writer writer(form);
    if (form.preamble) {
        writer.line({"Manifest of a lot"});
        writer.line({"Date", "2026-05-25"});
        writer.text += form.line_end;
    }
    std::vector<std::string> header;
    for (const std::size_t i : order)
        header.emplace_back(columns()[i].header[form.language]);
    writer.line(header);
    std::int64_t units = 0;
    for (std::size_t row = 0; row < products.size(); ++row) {
        if (form.repeated_header && row == products.size() / 2) writer.line(header);
        std::vector<std::string> cells;
        for (const std::size_t i : order)
            cells.push_back(columns()[i].cell(products[row], form));
        writer.line(cells);
        units += products[row].quantity;
    }
    if (form.total) {
        std::vector<std::string> cells(order.size());
        for (std::size_t i = 0; i < order.size(); ++i) {
            if (order[i] == 8) cells[i] = std::to_string(units);
            if (order[i] == 1) cells[i] = "Total";
        }
        writer.line(cells);
    }
    return encoded(writer.text, form.encoding);
}

std::vector<GeneratedProduct> generated(const Form& form, std::size_t count) {
    const tools::ManifestGenerator generator({});
    std::vector<GeneratedProduct> products(count);
    for (std::size_t i = 0; i < count; ++i) {
        generator.make(i + form.order * 1000, products[i]);
        // Characters that only survive a right encoding.
        products[i].title += " S\xc3\xa4ge \xc3\xb1 \xc3\xa9";
        if (form.broken_titles) products[i].title += ";\t, | \"new\",\nsecond line";
    }
    return products;
}

void comes_back_the_same(const Form& form, const std::string& what) {
    SCOPED_TRACE(what);
    const auto products = generated(form, 60);
    IntakeOptions options;
    options.format = InputFormat::csv;
    const std::string text = written(products, form);
    const testing::Taken taken = testing::take_split(options, text, form.order % text.size());
    ASSERT_THAT(taken.result, IsOk());
    ASSERT_EQ(taken.items.size(), products.size());
    EXPECT_EQ(taken.report.dropped.totals, form.total ? 1U : 0U);
    EXPECT_EQ(taken.report.dropped.repeated_headers, form.repeated_header ? 1U : 0U);
    EXPECT_EQ(taken.report.dropped.preamble, form.preamble ? 3U : 0U);
    ProductParser parser;
    Product product;
    for (std::size_t i = 0; i < products.size(); ++i) {
        ASSERT_FALSE(taken.items[i].fault) << describe(*taken.items[i].fault);
        const auto fault = parser.parse(taken.items[i].json, "id", MoneyUnit::minor, product);
        ASSERT_FALSE(fault) << describe(*fault);
        ASSERT_EQ(told(product), told(products[i])) << "row " << i << ": " << taken.items[i].json;
    }
}

TEST(TableRoundTrip, EveryDelimiterNotationEncodingAndLanguage) {
    std::uint64_t order = 0;
    for (const char delimiter : {',', ';', '\t', '|'}) {
        for (const Money money : {Money::plain, Money::us, Money::eu, Money::code}) {
            for (const Encoding encoding : {Encoding::utf8, Encoding::utf8_marked, Encoding::latin1,
                                            Encoding::utf16_little, Encoding::utf16_big}) {
                Form form;
                form.delimiter = delimiter;
                form.money = money;
                form.encoding = encoding;
                form.order = ++order;
                form.language = order % 4;
                form.line_end = order % 3 == 0 ? "\n" : order % 3 == 1 ? "\r\n" : "\r";
                comes_back_the_same(form, "form " + std::to_string(order));
            }
        }
    }
}

TEST(TableRoundTrip, AnyMixOfWhatManifestsDo) {
    SeededRandom random(7);
    const auto one_of = [&](std::uint64_t count) { return random.next_u64() % count; };
    for (int run = 0; run < 60; ++run) {
        Form form;
        form.delimiter = ",;\t|"[one_of(4)];
        form.money = static_cast<Money>(one_of(4));
        form.encoding = static_cast<Encoding>(one_of(5));
        form.line_end = one_of(2) == 0 ? "\n" : "\r\n";
        form.quote_all = one_of(2) == 0;
        form.broken_titles = one_of(2) == 0;
        form.preamble = one_of(2) == 0;
        form.total = one_of(2) == 0;
        form.repeated_header = one_of(2) == 0;
        form.language = one_of(4);
        form.order = 100 + one_of(100'000);
        comes_back_the_same(form, "run " + std::to_string(run));
    }
}

}  // namespace
}  // namespace assay::engine
