// Synonyms from real manifests (B-Stock, Target, Costco, Amazon US and EU, Liquidation), English
// and German.
// SPDX-License-Identifier: MIT
#include "engine/batch/csv_columns.hpp"

#include <algorithm>
#include <cassert>
#include <optional>

#include "engine/batch/text_encoding.hpp"

namespace assay::engine {
namespace {

using enum CsvField;

constexpr std::array<std::string_view, csv_field_count> field_names = {"product_id",
                                                                       "title",
                                                                       "description",
                                                                       "brand",
                                                                       "model",
                                                                       "mpn",
                                                                       "sku",
                                                                       "color",
                                                                       "size",
                                                                       "category",
                                                                       "subcategory",
                                                                       "condition",
                                                                       "condition_notes",
                                                                       "quantity",
                                                                       "currency",
                                                                       "msrp",
                                                                       "msrp_total",
                                                                       "unit_cost",
                                                                       "cost_total",
                                                                       "target_price",
                                                                       "weight",
                                                                       "weight_unit",
                                                                       "identifiers.gtin",
                                                                       "identifiers.upc",
                                                                       "identifiers.ean",
                                                                       "identifiers.isbn",
                                                                       "identifiers.asin",
                                                                       "identifiers.imei",
                                                                       "identifiers.serial",
                                                                       "identifier",
                                                                       "identifier_type",
                                                                       "lpn",
                                                                       "pallet_id",
                                                                       "lot_id",
                                                                       "market.sold_count",
                                                                       "market.active_listings",
                                                                       "market.sales_rank",
                                                                       "image"};

// `rank`: of two columns that fit a field, the lower one wins. The names of our own schema and the
// plainest words have 0; what only stands in for the field has more.
struct Synonym {
    std::string_view text;
    CsvField field;
    int rank;
};
// clang-format off
constexpr Synonym synonyms[] = {
    {"itemdescription", title, 0}, {"itemdesc", title, 0}, {"productname", title, 0},
    {"itemtitle", title, 0}, {"title", title, 0}, {"producttitle", title, 0},
    {"itemname", title, 0}, {"artikelbezeichnung", title, 0}, {"artikelname", title, 0},
    {"produktname", title, 0}, {"bezeichnung", title, 1}, {"productdescription", title, 1},
    {"name", title, 2}, {"titel", title, 1}, {"description", title, 3}, {"desc", title, 3},
    {"beschreibung", title, 3}, {"artikel", title, 4}, {"produkt", title, 4}, {"item", title, 5},
    {"product", title, 5}, {"longdescription", description, 0}, {"details", description, 1},
    {"brand", brand, 0}, {"brandname", brand, 0}, {"marke", brand, 0}, {"mfr", brand, 1},
    {"manufacturer", brand, 1}, {"hersteller", brand, 1}, {"mfg", brand, 1}, {"vendor", brand, 9},
    {"vendorname", brand, 9}, {"model", model, 0}, {"modelnumber", model, 0}, {"modelno", model, 0},
    {"modelname", model, 1}, {"modell", model, 0}, {"modellnummer", model, 0}, {"mpn", mpn, 0},
    {"partno", mpn, 0}, {"partnumber", mpn, 0}, {"manufacturerpartnumber", mpn, 0},
    {"herstellernummer", mpn, 0}, {"teilenummer", mpn, 0}, {"sku", sku, 0}, {"sellersku", sku, 0},
    {"tcin", sku, 0}, {"artikelnummer", sku, 1}, {"artikelnr", sku, 1}, {"artnr", sku, 1},
    {"itemnumber", sku, 2}, {"itemno", sku, 2}, {"itemid", sku, 3}, {"color", color, 0},
    {"colour", color, 0}, {"farbe", color, 0}, {"size", size, 0}, {"groesse", size, 0},
    {"category", category, 0}, {"kategorie", category, 0}, {"warengruppe", category, 1},
    {"productcategory", category, 1}, {"department", category, 2}, {"abteilung", category, 2},
    {"gldescription", category, 3}, {"sellercategory", category, 4}, {"productclass", category, 5},
    {"division", category, 6}, {"subcategory", subcategory, 0}, {"unterkategorie", subcategory, 0},
    {"subcat", subcategory, 0}, {"condition", condition, 0}, {"cond", condition, 0},
    {"itemcondition", condition, 0}, {"zustand", condition, 0}, {"grade", condition, 1},
    {"optorocondition", condition, 2}, {"cosmeticcondition", condition, 2},
    {"conditionnotes", condition_notes, 0}, {"conditiondescription", condition_notes, 0},
    {"zustandsbeschreibung", condition_notes, 0}, {"quantity", quantity, 0}, {"qty", quantity, 0},
    {"units", quantity, 1}, {"count", quantity, 2}, {"menge", quantity, 0}, {"anzahl", quantity, 0},
    {"stueck", quantity, 0}, {"stk", quantity, 0}, {"stueckzahl", quantity, 0},
    {"itemquantity", quantity, 0}, {"unitcount", quantity, 1}, {"currency", currency, 0},
    {"currencycode", currency, 0}, {"waehrung", currency, 0}, {"unitretail", msrp, 0},
    {"retailperunit", msrp, 0}, {"msrp", msrp, 0}, {"unitmsrp", msrp, 0},
    {"unitretailprice", msrp, 0}, {"uvp", msrp, 0}, {"retailprice", msrp, 1},
    {"origretail", msrp, 1}, {"originalretail", msrp, 1}, {"retail", msrp, 2},
    {"retailvalue", msrp, 2}, {"extretail", msrp_total, 0}, {"extendedretail", msrp_total, 0},
    {"totalretail", msrp_total, 0}, {"extmsrp", msrp_total, 0}, {"totalmsrp", msrp_total, 0},
    {"totalretailprice", msrp_total, 0}, {"extendedretailprice", msrp_total, 0},
    {"extretailprice", msrp_total, 0}, {"uvpgesamt", msrp_total, 0}, {"gesamtuvp", msrp_total, 0},
    {"unitcost", unit_cost, 0}, {"costunit", unit_cost, 0}, {"costperunit", unit_cost, 0},
    {"pricepaidperunit", unit_cost, 0}, {"ek", unit_cost, 0}, {"einkaufspreis", unit_cost, 0},
    {"ekpreis", unit_cost, 0}, {"cost", unit_cost, 1}, {"buycost", unit_cost, 0},
    {"extcost", cost_total, 0}, {"extendedcost", cost_total, 0}, {"totalcost", cost_total, 0},
    {"targetprice", target_price, 0}, {"zielpreis", target_price, 0}, {"weight", weight, 1},
    {"itempkgweight", weight, 0}, {"itemweight", weight, 0}, {"weightg", weight, 0},
    {"weightkg", weight, 0}, {"weightlb", weight, 0}, {"weightlbs", weight, 0},
    {"weightoz", weight, 0}, {"gewicht", weight, 1}, {"gewichtkg", weight, 0},
    {"gewichtg", weight, 0}, {"unitweight", weight, 1}, {"packageweight", weight, 1},
    {"itempkgweightuom", weight_unit, 0}, {"weightuom", weight_unit, 0},
    {"weightunit", weight_unit, 0}, {"gewichtseinheit", weight_unit, 0}, {"gtin", gtin, 0},
    {"barcode", gtin, 1}, {"gtin14", gtin, 0}, {"gtin13", gtin, 0}, {"strichcode", gtin, 1},
    {"upcean", gtin, 0}, {"eanupc", gtin, 0}, {"upc", upc, 0}, {"upccode", upc, 0},
    {"upca", upc, 0}, {"itemupc", upc, 0}, {"ean", ean, 0}, {"eancode", ean, 0}, {"ean13", ean, 0},
    {"isbn", isbn, 0}, {"isbn13", isbn, 0}, {"isbn10", isbn, 1}, {"asin", asin, 0},
    {"amazonasin", asin, 0}, {"imei", imei, 0}, {"imei1", imei, 0}, {"imeinumber", imei, 0},
    {"imeimeid", imei, 1}, {"serial", serial, 0}, {"serialnumber", serial, 0},
    {"serialno", serial, 0}, {"seriennummer", serial, 0}, {"identifier", identifier, 0},
    {"productidentifier", identifier, 0}, {"idtype", identifier_type, 0},
    {"identifiertype", identifier_type, 0}, {"productidtype", identifier_type, 0}, {"lpn", lpn, 0},
    {"licenseplate", lpn, 0}, {"licenseplatenumber", lpn, 0}, {"palletid", pallet_id, 0},
    {"pallet", pallet_id, 1}, {"palletnumber", pallet_id, 0}, {"palette", pallet_id, 1},
    {"palettennummer", pallet_id, 0}, {"lotid", lot_id, 0}, {"lotnumber", lot_id, 0},
    {"lot", lot_id, 1}, {"lotno", lot_id, 0}, {"soldcount", sold_count, 0},
    {"soldlast90days", sold_count, 0}, {"sold90d", sold_count, 0},
    {"activelistings", active_listings, 0}, {"salesrank", sales_rank, 0}, {"bsr", sales_rank, 0},
    {"bestsellersrank", sales_rank, 0}, {"imageurl", image, 0}, {"image", image, 1},
    {"bildurl", image, 0},
};
// clang-format on

constexpr double similarity_min = 0.88;
constexpr std::size_t similar_length_min = 6;  // "qtx" is not "qty", nor "market" "marke"
constexpr std::size_t header_length_max = 48;  // no synonym is longer

struct Match {
    CsvField field = title;
    int rank = 0;
    double confidence = 0;
    std::string why;
};

std::optional<Match> match_header(std::string_view raw, std::string_view normalised,
                                  bool also_similar) {
    // The schema's own names, dots and all.
    for (std::size_t i = 0; i < field_names.size(); ++i) {
        if (raw == field_names[i])
            return Match{static_cast<CsvField>(i), -1, 1.0, "the field's own name"};
    }
    if (normalised.empty() || normalised.size() > header_length_max) return std::nullopt;
    for (const Synonym& synonym : synonyms) {
        if (synonym.text == normalised) {
            return Match{synonym.field, synonym.rank, 1.0,
                         "synonym of " + std::string(to_string(synonym.field))};
        }
    }
    if (!also_similar || normalised.size() < similar_length_min) return std::nullopt;
    const Synonym* best = nullptr;
    double best_similarity = similarity_min;
    for (const Synonym& synonym : synonyms) {
        // No overlap makes up for lengths that differ too much; this spares most comparisons.
        const auto shorter = static_cast<double>(std::min(normalised.size(), synonym.text.size()));
        const auto both = static_cast<double>(normalised.size() + synonym.text.size());
        if (synonym.text.size() < similar_length_min || 2.0 * shorter / both < similarity_min)
            continue;
        const double similarity = header_similarity(normalised, synonym.text);
        if (similarity < best_similarity || (best != nullptr && similarity == best_similarity))
            continue;
        best = &synonym;
        best_similarity = similarity;
    }
    if (best == nullptr) return std::nullopt;
    return Match{best->field, best->rank + 10, best_similarity,
                 "looks like \"" + std::string(best->text) + "\""};
}

// Meanings that depend on the other columns.
void settle_by_company(const std::vector<std::string>& normalised,
                       std::vector<std::optional<Match>>& matches) {
    const auto holds = [&](std::string_view header) {
        return std::find(normalised.begin(), normalised.end(), header) != normalised.end();
    };
    // "Item #" is the product at Costco, but the licence plate at Target, whose product is TCIN.
    for (std::size_t i = 0; i < normalised.size(); ++i) {
        if (normalised[i] != "itemnumber" && normalised[i] != "itemno") continue;
        if (holds("tcin")) {
            matches[i] = Match{lpn, 1, 0.9, "beside TCIN it is the licence plate"};
        } else {
            matches[i] = Match{sku, 2, 0.9, "synonym of sku"};
        }
    }
}

std::optional<CsvField> field_named(std::string_view name) {
    const std::string normalised = normalise_header(name);
    for (std::size_t i = 0; i < field_names.size(); ++i) {
        const std::string_view own = field_names[i];
        if (own == name || normalise_header(own) == normalised) return static_cast<CsvField>(i);
        // "upc" for "identifiers.upc", "sold_count" for "market.sold_count".
        if (own.substr(own.find('.') + 1) == name) return static_cast<CsvField>(i);
    }
    return std::nullopt;
}

std::size_t header_named(const std::vector<std::string>& headers, std::string_view name) {
    for (std::size_t i = 0; i < headers.size(); ++i) {
        if (headers[i] == name) return i;
    }
    const std::string normalised = normalise_header(name);
    for (std::size_t i = 0; i < headers.size(); ++i) {
        if (normalise_header(headers[i]) == normalised) return i;
    }
    return CsvColumns::none;
}

Result<void> apply_names(const std::vector<std::string>& headers,
                         const std::vector<std::pair<std::string, std::string>>& named,
                         std::vector<std::optional<Match>>& matches) {
    for (const auto& [field_name, header] : named) {
        const auto field = field_named(field_name);
        if (!field) {
            std::string known;
            for (const std::string_view name : field_names)
                known += (known.empty() ? "" : ", ") + std::string(name);
            return fail(ErrorCode::invalid_argument, "\"" + field_name + "\" is not a field",
                        "--columns", "use one of " + known);
        }
        const std::size_t column = header_named(headers, header);
        if (column == CsvColumns::none) {
            return fail(ErrorCode::invalid_argument,
                        "\"" + header + "\" is not a header of this file", "--columns",
                        "copy it from the first line of the file");
        }
        matches[column] = Match{*field, -2, 1.0, "named by --columns"};
    }
    return {};
}

std::string_view unit_in_header(std::string_view normalised) {
    for (const std::string_view unit : {"kg", "lbs", "lb", "oz", "g"}) {
        if (normalised.ends_with("weight" + std::string(unit)) ||
            normalised.ends_with("gewicht" + std::string(unit)))
            return unit;
    }
    return {};
}

// GS1's check digit: weights 3, 1, 3, ... from the right.
bool is_valid_gtin(std::string_view text) noexcept {
    if (text.size() != 8 && text.size() != 12 && text.size() != 13 && text.size() != 14)
        return false;
    int sum = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[text.size() - 1 - i];
        if (c < '0' || c > '9') return false;
        sum += (c - '0') * (i % 2 == 0 ? 1 : 3);
    }
    return sum % 10 == 0;
}

bool looks_like_asin(std::string_view text) noexcept {
    return text.size() == 10 && text.starts_with("B0") &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

}  // namespace

std::string_view to_string(CsvField field) noexcept {
    return field_names[static_cast<std::size_t>(field)];
}

std::string normalise_header(std::string_view header) {
    std::string out;
    header = header.substr(0, 4 * header_length_max);  // longer ones are prose
    for (std::size_t i = 0; i < header.size(); ++i) {
        const auto c = static_cast<unsigned char>(header[i]);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            out += static_cast<char>(c);
        } else if (c >= 'A' && c <= 'Z') {
            out += static_cast<char>(c - 'A' + 'a');
        } else if (c == '#') {
            out += "number";
        } else if (c == 0xc3 && i + 1 < header.size()) {
            const auto next = static_cast<unsigned char>(header[++i]) | 0x20U;
            out += next == 0xa4   ? "ae"
                   : next == 0xb6 ? "oe"
                   : next == 0xbc ? "ue"
                   : next == 0xbf ? "ss"
                                  : "";
        }
    }
    // A header that is only "#" counts lines; it says nothing.
    return out == "number" ? std::string() : out;
}

double header_similarity(std::string_view a, std::string_view b) {
    a = a.substr(0, header_length_max);
    b = b.substr(0, header_length_max);
    if (a.empty() || b.empty()) return 0;
    std::array<std::size_t, header_length_max + 1> row{};
    for (const char in_a : a) {
        std::size_t diagonal = 0;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t above = row[j + 1];
            row[j + 1] = in_a == b[j] ? diagonal + 1 : std::max(above, row[j]);
            diagonal = above;
        }
    }
    return 2.0 * static_cast<double>(row[b.size()]) / static_cast<double>(a.size() + b.size());
}

std::size_t count_known_headers(const std::vector<std::string>& cells) {
    std::array<bool, csv_field_count> seen{};
    for (const std::string& cell : cells) {
        if (const auto match = match_header(cell, normalise_header(cell), false))
            seen[static_cast<std::size_t>(match->field)] = true;
    }
    return static_cast<std::size_t>(std::count(seen.begin(), seen.end(), true));
}

Result<CsvColumns> map_columns(const std::vector<std::string>& headers,
                               const std::vector<std::pair<std::string, std::string>>& named) {
    std::vector<std::string> normalised;
    std::vector<std::optional<Match>> matches;
    for (const std::string& header : headers) {
        normalised.push_back(normalise_header(header));
        matches.push_back(match_header(header, normalised.back(), true));
    }
    settle_by_company(normalised, matches);
    if (auto applied = apply_names(headers, named, matches); !applied) return applied.error();

    CsvColumns columns;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        if (!matches[i]) continue;
        std::size_t& winner = columns.at[static_cast<std::size_t>(matches[i]->field)];
        if (winner == CsvColumns::none || matches[i]->rank < matches[winner]->rank) winner = i;
    }
    // A "Description" that lost against a better title is the description.
    std::size_t& in_description = columns.at[static_cast<std::size_t>(description)];
    for (std::size_t i = 0; i < headers.size() && in_description == CsvColumns::none; ++i) {
        if (!matches[i] || matches[i]->field != title || columns.column(title) == i) continue;
        if (normalised[i].find("desc") == std::string::npos &&
            normalised[i].find("beschreibung") == std::string::npos)
            continue;
        matches[i] = Match{description, 0, 0.9, "another column is the better title"};
        in_description = i;
    }
    for (std::size_t i = 0; i < headers.size(); ++i) {
        ColumnMapping& mapping = columns.mapping.emplace_back();
        mapping.header = headers[i];
        if (!matches[i]) {
            mapping.why = "not understood";
        } else if (columns.column(matches[i]->field) != i) {
            mapping.why = "\"" + headers[columns.column(matches[i]->field)] + "\" is the better " +
                          std::string(to_string(matches[i]->field));
        } else {
            mapping.field = to_string(matches[i]->field);
            mapping.why = matches[i]->why;
            mapping.confidence = matches[i]->confidence;
            ++columns.recognised;
        }
    }
    if (columns.has(weight))
        columns.weight_unit = unit_in_header(normalised[columns.column(weight)]);
    return columns;
}

void map_by_values(const std::vector<std::vector<std::string>>& rows, CsvColumns& columns) {
    constexpr std::size_t values_min = 5;
    constexpr double share_min = 0.8;
    for (std::size_t i = 0; i < columns.mapping.size(); ++i) {
        ColumnMapping& mapping = columns.mapping[i];
        if (!mapping.field.empty()) continue;
        std::size_t values = 0, gtins = 0, asins = 0;
        for (const auto& row : rows) {
            if (i >= row.size()) continue;
            const std::string_view value = trim_blanks(row[i]);
            if (value.empty()) continue;
            ++values;
            gtins += is_valid_gtin(value) ? 1U : 0U;
            asins += looks_like_asin(value) ? 1U : 0U;
        }
        if (values < values_min) continue;
        const bool is_gtin = gtins >= asins;
        const double share =
            static_cast<double>(is_gtin ? gtins : asins) / static_cast<double>(values);
        const CsvField field = is_gtin ? gtin : asin;
        if (share < share_min || columns.has(field)) continue;
        columns.at[static_cast<std::size_t>(field)] = i;
        mapping.field = to_string(field);
        mapping.why = is_gtin ? "values look like GTINs" : "values look like ASINs";
        mapping.confidence = share;
        ++columns.recognised;
    }
}

}  // namespace assay::engine
