// Reads and checks defaults, condition factors, recovery rates and channels.
// SPDX-License-Identifier: MIT
#include "engine/analysis/table_reader.hpp"

#include <algorithm>
#include <array>
#include <variant>

#include "engine/base/clock.hpp"

namespace assay::engine {
namespace {

struct DefaultField {
    std::string_view name;
    std::variant<double Defaults::*, std::int64_t Defaults::*, int Defaults::*> member;
    double from, to;
};

constexpr std::array default_fields = {
    DefaultField{"half_life_days", &Defaults::half_life_days, 1, 3650},
    DefaultField{"age_days_max", &Defaults::age_days_max, 1, 3650},
    DefaultField{"match_min", &Defaults::match_min, 0, 1},
    DefaultField{"undated_age_days", &Defaults::undated_age_days, 0, 3650},
    DefaultField{"comps_brand_model_match", &Defaults::comps_brand_model_match, 0, 1},
    DefaultField{"outlier_count_min", &Defaults::outlier_count_min, 3, 100},
    DefaultField{"outlier_z", &Defaults::outlier_z, 1, 100},
    DefaultField{"spread_floor", &Defaults::spread_floor, 0.001, 1},
    DefaultField{"spread_default", &Defaults::spread_default, 0.01, 3},
    DefaultField{"spread_count_min", &Defaults::spread_count_min, 2, 100},
    DefaultField{"spread_prior_count", &Defaults::spread_prior_count, 0, 100},
    DefaultField{"small_sample_widening", &Defaults::small_sample_widening, 0, 5},
    DefaultField{"bootstrap_count", &Defaults::bootstrap_count, 100, 2000},
    DefaultField{"rate_age_days_max", &Defaults::rate_age_days_max, 0, 3650},
    DefaultField{"trend_count_min", &Defaults::trend_count_min, 4, 1000},
    DefaultField{"trend_p_max", &Defaults::trend_p_max, 0.0001, 0.5},
    DefaultField{"stability_window_days", &Defaults::stability_window_days, 1, 3650},
    DefaultField{"stability_band", &Defaults::stability_band, 0.01, 1},
    DefaultField{"stability_count_min", &Defaults::stability_count_min, 1, 100},
    DefaultField{"pairwise_count_min", &Defaults::pairwise_count_min, 1, 1000},
    DefaultField{"pairwise_count_max", &Defaults::pairwise_count_max, 8, 1000},
    DefaultField{"interval_count_min", &Defaults::interval_count_min, 5, 100},
    DefaultField{"interval_coverage", &Defaults::interval_coverage, 0.5, 0.9375},
    DefaultField{"prior_tau", &Defaults::prior_tau, 0.01, 3},
    DefaultField{"shrink_below", &Defaults::shrink_below, 1, 1000},
    DefaultField{"confidence_full_count", &Defaults::confidence_full_count, 1, 1000},
    DefaultField{"recency_free_days", &Defaults::recency_free_days, 0, 3650},
    DefaultField{"recency_half_life_days", &Defaults::recency_half_life_days, 1, 3650},
    DefaultField{"confidence_brand_model", &Defaults::confidence_brand_model, 0, 1},
    DefaultField{"confidence_title", &Defaults::confidence_title, 0, 1},
    DefaultField{"prior_confidence_max", &Defaults::prior_confidence_max, 0, 25},
    DefaultField{"prior_confidence_global", &Defaults::prior_confidence_global, 0, 1},
    DefaultField{"conflict_confidence_max", &Defaults::conflict_confidence_max, 0, 100},
    DefaultField{"level_high_count", &Defaults::level_high_count, 1, 1000},
    DefaultField{"level_high_spread", &Defaults::level_high_spread, 0.01, 3},
    DefaultField{"level_high_range", &Defaults::level_high_range, 1, 100},
    DefaultField{"level_high_confidence", &Defaults::level_high_confidence, 0, 100},
    DefaultField{"level_medium_confidence", &Defaults::level_medium_confidence, 0, 100},
    DefaultField{"demand_prior_shape", &Defaults::demand_prior_shape, 0.01, 1000},
    DefaultField{"demand_prior_rate", &Defaults::demand_prior_rate, 0.01, 10000},
    DefaultField{"horizon_days", &Defaults::horizon_days, 1, 3650},
    DefaultField{"rank_drop", &Defaults::rank_drop, 0.01, 0.9},
    DefaultField{"rank_active_max", &Defaults::rank_active_max, 1, 100e6},
    DefaultField{"rank_history_days", &Defaults::rank_history_days, 1, 3650},
    DefaultField{"rank_model_shape", &Defaults::rank_model_shape, 0.1, 100},
    DefaultField{"list_price_beta", &Defaults::list_price_beta, 0, 10},
    DefaultField{"hazard_cap", &Defaults::hazard_cap, 1, 100},
    DefaultField{"min_roi", &Defaults::min_roi, 0, 100e6},
    DefaultField{"return_rate", &Defaults::return_rate, 0, 1e6},
    DefaultField{"salvage_rate", &Defaults::salvage_rate, 0, 1e6},
    DefaultField{"min_profit", &Defaults::min_profit, 0, 1e9},
    DefaultField{"min_p_sold", &Defaults::min_p_sold, 0, 1},
    DefaultField{"min_confidence", &Defaults::min_confidence, 0, 100},
    DefaultField{"return_regain", &Defaults::return_regain, 0, 1},
    DefaultField{"downside_tolerance", &Defaults::downside_tolerance, 0, 1e9},
    DefaultField{"narrow_spread", &Defaults::narrow_spread, 0.01, 3},
    DefaultField{"wide_spread", &Defaults::wide_spread, 0.01, 3},
    DefaultField{"suspicious_roi", &Defaults::suspicious_roi, 0, 100e6},
    DefaultField{"hurdle_rate", &Defaults::hurdle_rate, 0, 10},
    DefaultField{"lot_correlation", &Defaults::lot_correlation, 0, 1},
    DefaultField{"duplicate_extra_weight", &Defaults::duplicate_extra_weight, 0, 1},
    DefaultField{"duplicate_model_weight", &Defaults::duplicate_model_weight, 0, 1},
    DefaultField{"duplicate_version_penalty", &Defaults::duplicate_version_penalty, 0, 1},
    DefaultField{"duplicate_price_weight", &Defaults::duplicate_price_weight, 0, 1},
    DefaultField{"duplicate_score", &Defaults::duplicate_score, 0.05, 1},
    DefaultField{"duplicate_score_strong", &Defaults::duplicate_score_strong, 0.05, 1},
};

void add_recovery_name(Tables& tables, const DataNode& node, std::size_t row) {
    const std::string given = node.text();
    std::array<char, category_name_max> folded{};
    const std::size_t size = fold_category(given, folded.data(), folded.size());
    if (size == 0 || size > folded.size()) return node.fault("is empty or too long");
    tables.recovery_names.push_back({std::string(folded.data(), size), row});
}

void read_recovery_rows(const DataNode& rows, Tables& tables, bool departments) {
    rows.for_each_item([&](const DataNode& node) {
        node.only({"name", "rate", "n", "aliases"});
        RecoveryRow row;
        row.department = departments;
        row.name = node.at("name").text();
        row.rate = node.at("rate").number(0.001, 1.5);
        // The figure of a smaller group is mostly noise: its parent's is better.
        row.n = node.at("n").integer(30, 1'000'000'000);
        const std::size_t index = tables.recovery.size();
        add_recovery_name(tables, node.at("name"), index);
        node.find("aliases").for_each_item(
            [&](const DataNode& alias) { add_recovery_name(tables, alias, index); });
        tables.recovery.push_back(std::move(row));
    });
}

// {"name": ["other spelling", ...], ...}
void read_phrases(const DataNode& node, PhraseTable& table) {
    node.for_each_member([&](std::string_view name, const DataNode& spellings) {
        if (!table.add(name, name)) spellings.fault("holds no word, too many, or is taken");
        spellings.for_each_item([&](const DataNode& spelling) {
            if (!table.add(spelling.text(), name)) {
                spelling.fault("holds no word, too many, or is taken");
            }
        });
    });
}

}  // namespace

void read_brands(const DataNode& root, Tables& tables) {
    root.only({"date", "brands"});
    read_phrases(root.at("brands"), tables.brands);
}

bool read_lists(const DataNode& root, Tables& tables) {
    if (root.find("brands").present()) {
        read_brands(root, tables);
    } else if (root.find("words").present()) {
        read_vocabulary(root, tables.vocabulary);
    } else {
        return false;
    }
    return true;
}

void read_variants(const DataNode& root, Tables& tables) {
    root.only({"date", "colors", "regions", "carriers", "sizes"});
    read_phrases(root.at("colors"), tables.variants.colors);
    read_phrases(root.at("regions"), tables.variants.regions);
    read_phrases(root.at("carriers"), tables.variants.carriers);
    read_phrases(root.at("sizes"), tables.variants.sizes);
}

void read_file_date(const DataNode& root, Tables& tables) {
    const DataNode node = root.at("date");
    const std::string date = node.text();
    if (date.size() != 10 || !parse_time(date)) node.fault("is not a date such as 2026-02-12");
    tables.version = std::max(tables.version, date);  // ISO dates order as texts do
}

void read_defaults(const DataNode& root, Tables& tables) {
    root.only({"date", "values"});
    const DataNode values = root.at("values");
    values.for_each_member([&](std::string_view name, const DataNode& node) {
        const bool known = std::any_of(default_fields.begin(), default_fields.end(),
                                       [&](const DefaultField& f) { return f.name == name; });
        if (!known) node.fault("is no default of this program");
    });
    for (const DefaultField& field : default_fields) {
        const DataNode node = values.at(field.name);
        node.only({"value"});
        if (node.present() && !node.find("why").present()) node.fault("does not say why");
        const DataNode value = node.at("value");
        if (const auto* real = std::get_if<double Defaults::*>(&field.member)) {
            tables.defaults.** real = value.number(field.from, field.to);
            continue;
        }
        const std::int64_t whole = value.integer(static_cast<std::int64_t>(field.from),
                                                 static_cast<std::int64_t>(field.to));
        if (const auto* wide = std::get_if<std::int64_t Defaults::*>(&field.member)) {
            tables.defaults.** wide = whole;
        } else {
            tables.defaults.**std::get_if<int Defaults::*>(&field.member) = static_cast<int>(whole);
        }
    }
}

void read_conditions(const DataNode& root, Tables& tables) {
    root.only({"date", "factors"});
    const DataNode factors = root.at("factors");
    std::size_t members = 0;
    factors.for_each_member([&](std::string_view, const DataNode&) { ++members; });
    for (std::size_t i = 0; i < condition_count; ++i) {
        const DataNode node = factors.at(to_string(static_cast<Condition>(i)));
        node.only({"value"});
        if (node.present() && !node.find("why").present()) node.fault("does not say why");
        tables.condition_factors[i] = node.at("value").number(0.01, 1);
    }
    if (members > condition_count) factors.fault("has a condition that the ladder does not have");
}

void read_recovery(const DataNode& root, Tables& tables) {
    root.only({"date", "global", "departments", "categories"});
    root.at("global").only({"rate", "n"});
    tables.recovery_global = root.at("global").at("rate").number(0.001, 1.5);
    read_recovery_rows(root.at("departments"), tables, true);
    read_recovery_rows(root.find("categories"), tables, false);
    std::sort(tables.recovery_names.begin(), tables.recovery_names.end(),
              [](const RecoveryName& a, const RecoveryName& b) { return a.name < b.name; });
    const auto twice = std::adjacent_find(
        tables.recovery_names.begin(), tables.recovery_names.end(),
        [](const RecoveryName& a, const RecoveryName& b) { return a.name == b.name; });
    if (twice != tables.recovery_names.end()) {
        root.fault("names the group \"" + twice->name + "\" twice");
    }
}

std::size_t fold_category(std::string_view name, char* out, std::size_t size) noexcept {
    std::size_t used = 0;
    bool blank = false;
    const auto put = [&](char c) {
        if (used < size) out[used] = c;
        if (used <= size) ++used;
    };
    for (std::size_t i = 0; i < name.size() && used <= size; ++i) {
        const char c = name[i];
        if (c == ' ' || c == '\t' || c == '-' || c == '_') {
            blank = true;
            continue;
        }
        if (blank && used > 0) put(' ');
        blank = false;
        const unsigned char before = i > 0 ? static_cast<unsigned char>(name[i - 1]) : 0;
        const unsigned char byte = static_cast<unsigned char>(c);
        if (c == '&') {
            put('a'), put('n'), put('d');
        } else if (c >= 'A' && c <= 'Z') {
            put(static_cast<char>(c - 'A' + 'a'));
        } else if (before == 0xC3 && byte >= 0x80 && byte <= 0x9E && byte != 0x97) {
            put(static_cast<char>(byte + 0x20));  // U+00C0..U+00DE: A with grave to thorn
        } else {
            put(c);
        }
    }
    return used;
}

}  // namespace assay::engine
