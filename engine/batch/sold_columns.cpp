// Tries each delimiter and row, and takes the one under which most headers are known.
// SPDX-License-Identifier: MIT
#include "engine/batch/sold_columns.hpp"

#include <algorithm>
#include <optional>
#include <span>

#include "engine/batch/csv_amount.hpp"
#include "engine/batch/csv_sample.hpp"
#include "engine/batch/header_words.hpp"

namespace assay::engine {
namespace {

using Row = std::vector<std::string>;

constexpr std::size_t preamble_rows_max = 10;
constexpr std::array<char, 3> delimiters = {',', ';', '\t'};

constexpr std::array<std::string_view, sold_field_count> field_names = {
    "gtin",     "upc",   "ean",      "isbn",     "asin",    "brand",     "model",
    "mpn",      "price", "shipping", "currency", "sold_at", "condition", "title",
    "quantity", "match", "source",   "id",       "kind",    "category",  "unit_cost"};

// Normalised headers, by field; the earlier one is the better known.
using Synonyms = std::array<std::string_view, 14>;
constexpr std::array<Synonyms, sold_field_count> synonyms = {{
    {"gtin", "gtin14", "gtin13", "barcode", "globaltradeitemnumber"},
    {"upc", "upccode", "upca"},
    {"ean", "ean13", "eancode", "codeean", "eannumber"},
    {"isbn", "isbn13", "isbn10"},
    {"asin", "amazonasin"},
    {"brand", "manufacturer", "marke", "hersteller", "marca", "fabricante", "marque", "fabricant"},
    {"model", "modelnumber", "modelno", "modell", "modellnummer", "modelo", "modele", "modle"},
    {"mpn", "partnumber", "partno", "mfrpartnumber", "manufacturerpartnumber", "herstellernummer",
     "teilenummer", "numerodepieza", "referencefabricant"},
    {"price", "soldprice", "saleprice", "soldfor", "sellingprice", "itemprice", "soldamount",
     "verkaufspreis", "preis", "preciodeventa", "precio", "prixdevente", "prix", "totalprice"},
    {"shipping", "shippingcost", "shippingprice", "postage", "shippingandhandling",
     "postageandpackaging", "deliverycost", "versandkosten", "versand", "gastosdeenvio", "envio",
     "envo", "fraisdeport", "livraison"},
    {"currency", "currencycode", "waehrung", "moneda", "divisa", "devise"},
    {"soldat", "solddate", "saledate", "datesold", "dateofsale", "soldon", "date", "enddate",
     "verkaufsdatum", "verkauftam", "datum", "fechadeventa", "fecha", "datedevente"},
    {"condition", "itemcondition", "zustand", "artikelzustand", "estado", "condicion", "condicin",
     "etat", "tat"},
    {"title", "itemtitle", "itemname", "productname", "listingtitle", "name", "titel",
     "artikelbezeichnung", "bezeichnung", "artikelname", "titulo", "ttulo", "titre"},
    {"quantity", "qty", "units", "unitssold", "quantitysold", "menge", "anzahl", "stueck",
     "cantidad", "quantite", "quantit"},
    {"match", "matchscore"},
    {"source", "marketplace", "channel", "platform", "marktplatz", "plattform", "quelle", "mercado",
     "canal"},
    {"id", "itemid", "itemnumber", "listingid", "saleid", "transactionid", "orderid", "ordernumber",
     "salesrecordnumber", "artikelnummer", "bestellnummer"},
    {"kind", "soldoractive"},
    {"category", "department", "kategorie", "warengruppe", "categoria", "categora", "categorie",
     "catgorie"},
    {"unitcost", "cost", "costperunit", "purchaseprice", "pricepaid", "cogs", "einkaufspreis", "ek",
     "coste", "costo", "preciodecompra", "prixdachat", "cout", "cot"},
}};

struct Known {
    SoldField field{};
    std::size_t rank = 0;
};

std::optional<Known> known_header(std::string_view header) {
    const std::string normalised = normalise_header(header);
    if (normalised.empty()) return std::nullopt;
    for (std::size_t field = 0; field < sold_field_count; ++field) {
        for (std::size_t rank = 0; rank < synonyms[field].size(); ++rank) {
            if (synonyms[field][rank] == normalised)
                return Known{static_cast<SoldField>(field), rank};
        }
    }
    return std::nullopt;
}

std::size_t count_known(const Row& row) {
    std::array<bool, sold_field_count> seen{};
    for (const std::string& cell : row) {
        if (const auto known = known_header(cell))
            seen[static_cast<std::size_t>(known->field)] = true;
    }
    return static_cast<std::size_t>(std::count(seen.begin(), seen.end(), true));
}

Result<void> take_named(SoldLayout& layout,
                        const std::vector<std::pair<std::string, std::string>>& named) {
    for (const auto& [field_name, header] : named) {
        const auto field = std::find(field_names.begin(), field_names.end(), field_name);
        if (field == field_names.end()) {
            std::string list;
            for (const std::string_view name : field_names)
                list += (list.empty() ? "" : ", ") + std::string(name);
            return fail(ErrorCode::invalid_argument,
                        "\"" + field_name + "\" is not a field of a sold price", "columns",
                        "use one of " + list);
        }
        const auto same = [&](const std::string& own) {
            return own == header || normalise_header(own) == normalise_header(header);
        };
        const auto at = std::find_if(layout.headers.begin(), layout.headers.end(), same);
        if (at == layout.headers.end()) {
            return fail(ErrorCode::invalid_argument,
                        "\"" + header + "\" is not a header of this file", "columns",
                        "copy it from the first line of the file");
        }
        layout.at[static_cast<std::size_t>(field - field_names.begin())] =
            static_cast<std::size_t>(at - layout.headers.begin());
    }
    return {};
}

void take_known(SoldLayout& layout) {
    std::array<std::size_t, sold_field_count> ranks;
    ranks.fill(SoldLayout::none);
    const auto is_named = [&](std::size_t column) {
        return std::find(layout.at.begin(), layout.at.end(), column) != layout.at.end();
    };
    const auto named = layout.at;
    for (std::size_t column = 0; column < layout.headers.size(); ++column) {
        const auto known = known_header(layout.headers[column]);
        if (!known || is_named(column)) continue;
        const auto field = static_cast<std::size_t>(known->field);
        if (named[field] != SoldLayout::none || known->rank >= ranks[field]) continue;
        ranks[field] = known->rank;
        layout.at[field] = column;
    }
}

// What the cells say of how the file writes amounts and dates.
void look_at_cells(SoldLayout& layout, std::span<const Row> rows) {
    int votes = 0, days = 0, months = 0;
    for (const Row& row : rows) {
        const auto cell = [&](SoldField field) {
            const std::size_t column = layout.column(field);
            return column < row.size() ? std::string_view(row[column]) : std::string_view();
        };
        for (const SoldField field : {SoldField::price, SoldField::shipping})
            votes += decimal_comma_vote(cell(field));
        const DateOrder order = date_order_of(cell(SoldField::sold_at));
        days += order == DateOrder::day_first ? 1 : 0;
        months += order == DateOrder::month_first ? 1 : 0;
    }
    layout.decimal_comma = votes > 0 || (votes == 0 && layout.delimiter == ';');
    if (days > 0 && months == 0) layout.dates = DateOrder::day_first;
    if (months > 0 && days == 0) layout.dates = DateOrder::month_first;
}

bool tells_products(const SoldLayout& layout) {
    for (const SoldField field :
         {SoldField::gtin, SoldField::upc, SoldField::ean, SoldField::isbn, SoldField::asin}) {
        if (layout.column(field) != SoldLayout::none) return true;
    }
    return layout.column(SoldField::brand) != SoldLayout::none &&
           (layout.column(SoldField::model) != SoldLayout::none ||
            layout.column(SoldField::mpn) != SoldLayout::none);
}

Error not_understood(const SoldLayout& layout, std::string_view what, std::string_view example) {
    std::string seen;
    for (const std::string& header : layout.headers)
        seen += (seen.empty() ? "\"" : ", \"") + header.substr(0, 40) + "\"";
    return fail(ErrorCode::invalid_input,
                "has no column that holds " + std::string(what) + "; its headers are " +
                    seen.substr(0, 500),
                {}, "name one, for example columns " + std::string(example) + "=Header");
}

}  // namespace

std::string_view to_string(SoldField field) noexcept {
    return field_names[static_cast<std::size_t>(field)];
}

std::vector<SoldColumn> SoldLayout::columns() const {
    std::vector<SoldColumn> list;
    for (const std::string& header : headers)
        list.push_back({header, {}});
    for (std::size_t field = 0; field < sold_field_count; ++field) {
        if (at[field] != none) list[at[field]].field = field_names[field];
    }
    return list;
}

Result<SoldLayout> read_sold_layout(std::string_view head,
                                    const std::vector<std::pair<std::string, std::string>>& named) {
    SoldLayout layout;
    std::vector<Row> rows;  // below the header
    std::optional<std::size_t> most;
    for (const char delimiter : delimiters) {
        const TableSample read = sample_csv(head, delimiter);
        const std::size_t end = std::min(read.rows.size(), preamble_rows_max);
        for (std::size_t i = 0; i < end; ++i) {
            const std::size_t known = count_known(read.rows[i]);
            const bool wider =
                i == 0 && known == most && read.rows[i].size() > layout.headers.size();
            if (most && known <= *most && !wider) continue;
            most = known;
            layout.delimiter = delimiter;
            layout.headers = read.rows[i];
            layout.header_line = read.lines[i];
            rows.assign(read.rows.begin() + static_cast<std::ptrdiff_t>(i) + 1, read.rows.end());
        }
    }
    if (!most) {
        return fail(ErrorCode::invalid_input, "holds no sold prices", {},
                    "send at least one row with a price and a product");
    }
    if (auto taken = take_named(layout, named); !taken) return taken.error();
    take_known(layout);
    if (layout.column(SoldField::price) == SoldLayout::none)
        return not_understood(layout, "a price", "price");
    if (!tells_products(layout)) {
        return not_understood(layout, "a GTIN, UPC, EAN, ISBN or ASIN, nor a brand with a model",
                              "ean");
    }
    look_at_cells(layout, rows);
    return layout;
}

}  // namespace assay::engine
