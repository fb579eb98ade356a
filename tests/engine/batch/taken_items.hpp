// Runs an intake over a text and keeps what came out, so that tests can compare it.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "engine/batch/intake.hpp"

namespace assay::testing {

struct TakenItem {
    std::uint64_t index = 0, line = 0;
    std::string id, json;
    std::optional<Error> fault;
    friend bool operator==(const TakenItem&, const TakenItem&) = default;
};

struct Taken {
    Result<void> result;
    std::vector<TakenItem> items;
    engine::IntakeReport report;
    engine::BatchOptions options;

    friend bool operator==(const Taken& a, const Taken& b) {
        return a.result.has_value() == b.result.has_value() && a.items == b.items &&
               a.report.remarks == b.report.remarks && a.report.encoding == b.report.encoding;
    }
};

inline Taken take_split(const engine::IntakeOptions& options, std::string_view text,
                        std::size_t at) {
    Taken taken;
    engine::Intake intake(options, [&](const engine::IntakeItem& item) -> Result<void> {
        taken.items.push_back({item.index, item.line, std::string(item.product_id),
                               std::string(item.json), item.fault});
        return {};
    });
    taken.result = intake.feed(text.substr(0, at));
    if (taken.result && at < text.size()) taken.result = intake.feed(text.substr(at));
    if (taken.result) {
        if (auto finished = intake.finish(); !finished) taken.result = finished.error();
    }
    taken.report = intake.report();
    taken.options = intake.batch_options();
    return taken;
}

inline Taken take(const engine::IntakeOptions& options, std::string_view text) {
    return take_split(options, text, text.size());
}

}  // namespace assay::testing
