// Judges a data directory: the store under its lock, and each of its rows.
// SPDX-License-Identifier: MIT
#include <functional>

#include "engine/batch_store/batch_store.hpp"
#include "engine/store/inspection.hpp"
#include "notify/notify_store/notify_store.hpp"
#include "tools/cli/doctor_checks.hpp"
#include "tools/cli/number_text.hpp"
#include "tools/cli/serve.hpp"

namespace assay::tools {
namespace {

using enum CheckOutcome;
using engine::StoreInspection;

constexpr std::size_t damage_listed = 5;

Check cannot_open(const Error& error, bool named) {
    const std::string name = "store";
    switch (error.code) {
        case ErrorCode::not_found:
            return {name, named ? failure : skipped, error.message, error.remedy};
        case ErrorCode::locked:
            return {name, named ? warning : skipped,
                    "a server uses it, so its rows are not looked at",
                    "stop the server, and run this again"};
        default:
            return {name, failure, describe(error), "restore a backup if it stays so"};
    }
}

Check check_structure(StoreInspection& store) {
    const auto faults = store.structure_faults();
    const std::string remedy = "restore a backup; keep the damaged files";
    if (!faults) return {"structure", failure, describe(faults.error()), remedy};
    if (faults->empty()) return {"structure", ok, "pages and indices are sound", ""};
    return {"structure", failure, faults->front(), remedy};
}

// Every row that carries a checksum, of both modules that keep rows.
Check check_rows(StoreInspection& store) {
    std::int64_t rows = 0;
    std::vector<engine::DamagedRow> damaged;
    for (const auto verify :
         {engine::batch_store::verify_rows, notify::notify_store::verify_rows}) {
        const auto report = verify(store.connection());
        if (!report)
            return {"rows", failure, describe(report.error()), "restore a backup if it stays so"};
        rows += report->rows;
        damaged.insert(damaged.end(), report->damaged.begin(), report->damaged.end());
    }
    if (damaged.empty()) return {"rows", ok, grouped(rows) + " rows, every checksum holds", ""};
    std::string message = grouped(static_cast<std::int64_t>(damaged.size())) + " of " +
                          grouped(rows) + " rows are damaged:";
    for (std::size_t i = 0; i < std::min(damaged.size(), damage_listed); ++i)
        message += (i == 0 ? " " : "; ") + damaged[i].description;
    if (damaged.size() > damage_listed) message += "; ...";
    return {"rows", failure, message,
            "restore a backup; what is damaged is never sent as if sound"};
}

}  // namespace

std::vector<Check> check_store(const LoadedSettings& loaded) {
    const std::string& directory = loaded.settings.serve.data_directory;
    auto opened = StoreInspection::open(directory, all_migrations());
    if (!opened) return {cannot_open(opened.error(), loaded.origin("serve.data_dir") != "default")};
    StoreInspection& store = **opened;
    return {{"store", ok, directory, ""},
            check_mark(store.last_commit(), store.mark()),
            check_wal(store.wal_bytes(), loaded.settings.store.wal_bytes_max),
            check_structure(store),
            check_rows(store)};
}

}  // namespace assay::tools
