// Tells what an archive or an old Office file is that holds no table for us, and how to mend it.
// Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.hpp"

namespace assay::engine {

// Whether a file that begins so is a ZIP archive, or the container of Office before 2007.
bool is_zip(std::string_view head) noexcept;
bool is_old_office_file(std::string_view head) noexcept;

// One sentence for an archive with these parts, none of which is a workbook's.
Error foreign_archive(const std::vector<std::string>& names);
// One sentence for the whole bytes of an old Office file: .xls, or any workbook with a password.
Error old_office_file(std::string_view bytes);

}  // namespace assay::engine
