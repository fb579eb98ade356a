// From data files to tables: defaults, condition factors, recovery rates.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "engine/analysis/data_file.hpp"
#include "engine/analysis/tables.hpp"

namespace assay::engine {

// Raises tables.version to the file's date where that is newer.
void read_file_date(const DataNode& root, Tables& tables);
// Each fills its part of `tables`. Faults stay in the node's file.
void read_defaults(const DataNode& root, Tables& tables);
void read_conditions(const DataNode& root, Tables& tables);
void read_recovery(const DataNode& root, Tables& tables);
// Brand names, added to those that are there.
void read_brands(const DataNode& root, Tables& tables);
// Either of them, as its members say, or a file of another kind: false, and nothing was read.
bool read_lists(const DataNode& root, Tables& tables);
void read_variants(const DataNode& root, Tables& tables);

// A category name as it is compared: lower case, "&" as "and", "-" and "_" as blank, single blanks,
// Latin capitals with marks folded too. Writes at most `size` bytes; returns how many, or size + 1
// when it does not fit.
std::size_t fold_category(std::string_view name, char* out, std::size_t size) noexcept;
inline constexpr std::size_t category_name_max = 64;

}  // namespace assay::engine
