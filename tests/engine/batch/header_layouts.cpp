// Reads the layouts and makes up values for their fields.
// SPDX-License-Identifier: MIT
#include "tests/engine/batch/header_layouts.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "engine/base/check_digits.hpp"
#include "engine/base/money.hpp"
#include "tests/support/source_tree.hpp"

namespace assay::testing {
namespace {

[[noreturn]] void give_up(const std::string& what) {
    std::cerr << "data/layouts: " << what << '\n';
    std::abort();
}

std::vector<std::string> split(const std::string& text, char at) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (std::size_t end = 0; end != std::string::npos; begin = end + 1) {
        end = text.find(at, begin);
        parts.push_back(text.substr(begin, end == std::string::npos ? end : end - begin));
    }
    return parts;
}

struct Thing {
    std::string_view title, brand, model, category, subcategory, color, storage;
    MinorUnits retail;
    std::int64_t quantity;
};
constexpr std::array<Thing, 8> things = {{
    {"Cordless Drill 18V with 2 batteries", "Drillmark", "DM-18X2", "Tools", "Power Tools", "Blue",
     "64GB", 12999, 2},
    {"Espresso Machine 15 bar, stainless steel", "Cucina Nova", "EX15", "Kitchen", "Coffee",
     "Silver", "128GB", 129900, 1},
    {"Wireless Noise Cancelling Headphones", "Auralon", "WH200", "Electronics", "Headphones",
     "Black", "256GB", 15900, 3},
    {"Garden Chair, set of 2, foldable", "Terravita", "GC-2F", "Garden", "Furniture", "Green",
     "64GB", 7450, 1},
    {"Orthopedic Dog Bed Large washable", "Pawson", "ODB-L", "Pet Supplies", "Beds", "Grey",
     "512GB", 4999, 4},
    {"Construction Brick Set 1200 pcs", "Brickaro", "BR1200", "Toys", "Building Sets", "Red",
     "128GB", 8995, 12},
    {"Mechanical Keyboard tenkeyless RGB", "Keyra", "K87", "Computers", "Keyboards", "White", "1TB",
     11000, 1},
    {"Rain Jacket men size M waterproof", "Mistral", "RJ-M", "Apparel", "Jackets", "Navy", "64GB",
     6495, 2},
}};

std::string amount(MinorUnits minor, const std::string& notation) {
    std::string text = format_decimal(minor, 2);
    if (notation == "plain") return text;
    const bool eu = notation == "eu";
    if (text.size() > 6) text.insert(text.size() - 6, eu ? "." : ",");
    if (eu) text[text.size() - 3] = ',';
    return eu ? text + " \xe2\x82\xac" : "$" + text;
}

// Digits that end in the check digit of GS1, or of Luhn for `luhn`.
std::string checked(std::string digits, bool luhn = false) {
    if (!luhn) return digits + gs1_check_digit(digits);
    digits += '0';
    while (!has_luhn_check(digits))
        ++digits.back();
    return digits;
}

// What only belongs to the row's number.
std::string numbered(const std::string& field, std::size_t row) {
    const std::string n = std::to_string(row);
    if (field == "identifiers.upc") return checked("01234567" + n + "00");
    if (field == "identifiers.ean" || field == "identifiers.gtin")
        return checked("40063813339" + n);
    if (field == "identifiers.isbn") return checked("97803064061" + n);
    if (field == "identifiers.asin") return "B0C" + n + "XK9Q4L";
    if (field == "identifiers.imei") return checked("3520990017614" + n, true);
    if (field == "identifiers.serial") return "SN84" + n + "77A";
    if (field == "sku") return "SK-10" + n + "4";
    if (field == "mpn") return "MP" + n + "42-B";
    if (field == "lpn") return "LPNRR12345" + n + "7";
    if (field == "pallet_id") return "PAL-" + std::to_string(1 + row / 4);
    if (field == "lot_id") return "LOT-77";
    if (field == "images") return "https://img.example.com/" + n + ".jpg";
    if (field == "market.sold_count" || field == "market.monthly_sold" ||
        field == "market.competing_offers")
        return std::to_string(17 * (row + 1));
    if (field == "market.active_listings") return std::to_string(9 * (row + 2));
    if (field == "market.sales_rank") return std::to_string(1900 * (row + 1));
    if (field == "device.battery_pct") return std::to_string(80 + row) + "%";
    if (field == "condition_notes") return row % 2 == 0 ? "Box damaged" : "Scratched lid";
    if (field == "pack_size") return std::to_string(1 + row % 3 * 5);
    if (field == "dims") return std::to_string(30 + row) + " x 20 x 10";
    return {};
}

std::string made_up(const std::string& field, std::size_t row, const std::string& notation) {
    const Thing& thing = things[row % things.size()];
    const bool eu = notation == "eu";
    if (field == "title") return std::string(thing.title);
    if (field == "description")
        return "The " + std::string(thing.title) + " comes in its box, with manual.";
    if (field == "brand") return std::string(thing.brand);
    if (field == "model") return std::string(thing.model);
    if (field == "category" || field == "department") return std::string(thing.category);
    if (field == "subcategory") return std::string(thing.subcategory);
    if (field == "color") return std::string(thing.color);
    if (field == "size") return row % 2 == 0 ? "M" : "XL";
    if (field == "condition") return row % 3 == 0 ? "New" : eu ? "Gebraucht" : "Customer Returns";
    if (field == "currency") return eu ? "EUR" : "USD";
    if (field == "quantity") return std::to_string(thing.quantity);
    if (field == "msrp" || field == "market.buy_box_price") return amount(thing.retail, notation);
    if (field == "msrp_total") return amount(thing.retail * thing.quantity, notation);
    if (field == "unit_cost") return amount(thing.retail * 30 / 100, notation);
    if (field == "cost_total") return amount(thing.retail * 30 / 100 * thing.quantity, notation);
    if (field == "target_price") return amount(thing.retail * 80 / 100, notation);
    if (field == "sold_price" || field == "market.lowest_offer")
        return amount(thing.retail * 60 / 100, notation);
    if (field == "costs.ship_out") return amount(549, notation);
    if (field == "market.competing_offers") return std::to_string(3 + row);
    if (field == "market.rank_category") return std::string(thing.category);
    if (field == "weight") return std::to_string(row) + (eu ? ",5" : ".5");
    if (field == "device.storage_gb") return std::string(thing.storage);
    if (field == "device.carrier") return "Unlocked";
    std::string text = numbered(field, row);
    if (text.empty() && !field.empty()) give_up("no values for " + field);
    return text.empty() ? "x" + std::to_string(row % 3) : text;
}

LayoutColumn read_column(const std::string& header, const std::string& expected) {
    LayoutColumn column;
    column.header = header;
    const std::size_t equals = expected.find('=');
    std::string field = expected.substr(0, equals);
    if (equals != std::string::npos) column.values = split(expected.substr(equals + 1), ';');
    if (field.front() == '(') {
        column.loses = true;
        field = field.substr(1, field.size() - 2);
    }
    column.field = field == "-" ? "" : field;
    return column;
}

}  // namespace

std::vector<HeaderLayout> read_layouts(const std::string& file_name) {
    std::ifstream file(source_tree() / "data/layouts" / file_name);
    if (!file) give_up("cannot read " + file_name);
    std::vector<HeaderLayout> layouts;
    std::string line;
    while (std::getline(file, line)) {
        if (!line.starts_with("== ")) continue;
        HeaderLayout layout;
        const std::size_t semicolon = line.find(';');
        layout.name = line.substr(3, semicolon - 3);
        layout.notation = line.substr(semicolon + 2);
        std::string headers, fields;
        if (!std::getline(file, headers) || !std::getline(file, fields))
            give_up(layout.name + " ends early");
        const auto header = split(headers, '|'), field = split(fields, '|');
        if (header.size() != field.size())
            give_up(layout.name + " has " + std::to_string(header.size()) + " headers and " +
                    std::to_string(field.size()) + " fields");
        for (std::size_t i = 0; i < header.size(); ++i)
            layout.columns.push_back(read_column(header[i], field[i]));
        layouts.push_back(std::move(layout));
    }
    return layouts;
}

std::string as_csv(const HeaderLayout& layout, std::size_t rows, char delimiter) {
    std::string out;
    const auto cell = [&](const std::string& text, std::size_t column) {
        if (column > 0) out += delimiter;
        const bool quotes = text.find_first_of(std::string("\"\r\n") + delimiter) != text.npos;
        if (!quotes) {
            out += text;
            return;
        }
        out += '"';
        for (const char c : text)
            out.append(c == '"' ? 2 : 1, c);
        out += '"';
    };
    for (std::size_t i = 0; i < layout.columns.size(); ++i)
        cell(layout.columns[i].header, i);
    out += "\r\n";
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t i = 0; i < layout.columns.size(); ++i) {
            const LayoutColumn& column = layout.columns[i];
            const std::size_t given = column.values.size();
            cell(given > 0 ? column.values[row % given]
                           : made_up(column.field, row, layout.notation),
                 i);
        }
        out += "\r\n";
    }
    return out;
}

}  // namespace assay::testing
