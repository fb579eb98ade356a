// libzip over a buffer, with our own bounds around it.
// SPDX-License-Identifier: MIT
#include "engine/batch/zip_parts.hpp"

#include <zip.h>

#include <algorithm>
#include <utility>

#include "engine/base/ascii.hpp"
#include "engine/base/utf8.hpp"

namespace assay::engine {
namespace {

constexpr std::size_t block_bytes = 64 * limits::kibibyte;
constexpr std::size_t name_bytes_max = 1'024;
constexpr std::string_view send_whole = "send the whole file, or open it and save it anew";

struct CloseArchive {
    void operator()(zip_t* archive) const noexcept { zip_discard(archive); }
};
struct ClosePart {
    void operator()(zip_file_t* part) const noexcept { zip_fclose(part); }
};

// How a name is compared: Windows writers differ in case and slash.
std::string folded(std::string_view name) {
    std::string out(name);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c == '\\' ? '/' : to_lower(c); });
    return out;
}

Error damaged(const std::string& what) {
    return fail(ErrorCode::unsupported_media, "is a ZIP file that is damaged: " + what, {},
                std::string(send_whole));
}

}  // namespace

struct ZipParts::State {
    std::unique_ptr<zip_t, CloseArchive> archive;
    std::vector<std::string> names;
    std::vector<std::pair<std::string, zip_uint64_t>> by_name;  // folded, sorted
    std::size_t unpacked = 0, unpacked_max = 0;

    const std::pair<std::string, zip_uint64_t>* find(std::string_view name) const {
        const std::string wanted = folded(name);
        const auto at = std::lower_bound(by_name.begin(), by_name.end(), wanted,
                                         [](const auto& a, const auto& b) { return a.first < b; });
        return at != by_name.end() && at->first == wanted ? &*at : nullptr;
    }
    Result<void> list();
    Result<void> check(const zip_stat_t& stat, std::string_view name) const;
};

ZipParts::ZipParts(std::unique_ptr<State> state) : state_(std::move(state)) {}
ZipParts::~ZipParts() = default;
ZipParts::ZipParts(ZipParts&&) noexcept = default;

Result<ZipParts> ZipParts::open(std::string_view bytes, std::size_t unpacked_max) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    zip_t* archive = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error);
    const std::string what = archive == nullptr ? zip_error_strerror(&error) : "";
    zip_error_fini(&error);
    if (archive == nullptr) {
        if (source != nullptr) zip_source_free(source);
        return damaged(what);
    }
    auto state = std::make_unique<State>();
    state->archive.reset(archive);
    state->unpacked_max = unpacked_max;
    if (auto listed = state->list(); !listed) return listed.error();
    return ZipParts(std::move(state));
}

Result<void> ZipParts::State::list() {
    const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
    if (count > static_cast<zip_int64_t>(limits::workbook_parts_max)) {
        return fail(
            ErrorCode::payload_too_large,
            "is a ZIP file with more than " + std::to_string(limits::workbook_parts_max) + " parts",
            {}, "save the table as CSV");
    }
    for (zip_int64_t i = 0; i < count; ++i) {
        const auto index = static_cast<zip_uint64_t>(i);
        const char* name = zip_get_name(archive.get(), index, 0);
        if (name == nullptr) return damaged("a part has no name");
        const std::string_view text(name);
        if (text.size() > name_bytes_max || !is_utf8(text))
            return damaged("a part has a name that cannot be one");
        names.emplace_back(text);
        by_name.emplace_back(folded(text), index);
    }
    std::sort(by_name.begin(), by_name.end());
    const auto twice = std::adjacent_find(by_name.begin(), by_name.end(),
                                          [](auto& a, auto& b) { return a.first == b.first; });
    // Two readers might take different ones.
    if (twice != by_name.end()) return damaged("it holds \"" + twice->first + "\" twice");
    return {};
}

const std::vector<std::string>& ZipParts::names() const noexcept {
    return state_->names;
}

bool ZipParts::has(std::string_view name) const {
    return state_->find(name) != nullptr;
}

Result<void> ZipParts::State::check(const zip_stat_t& stat, std::string_view name) const {
    if (stat.encryption_method != ZIP_EM_NONE) {
        return fail(ErrorCode::unsupported_media, "is encrypted with a password", {},
                    "open it, remove the password, and save it again");
    }
    if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE) {
        return fail(
            ErrorCode::unsupported_media,
            "is packed in a way that workbooks are not (part \"" + std::string(name) + "\")", {},
            "open it and save it as .xlsx or CSV");
    }
    return {};
}

Result<void> ZipParts::read(std::string_view name, const Sink& sink) {
    State& state = *state_;
    const auto* known = state.find(name);
    if (known == nullptr) {
        return fail(ErrorCode::not_found, "has no part \"" + std::string(name) + "\"", {},
                    std::string(send_whole));
    }
    zip_stat_t stat;
    if (zip_stat_index(state.archive.get(), known->second, 0, &stat) != 0)
        return damaged(zip_strerror(state.archive.get()));
    if (auto checked = state.check(stat, name); !checked) return checked;
    const std::unique_ptr<zip_file_t, ClosePart> part(
        zip_fopen_index(state.archive.get(), known->second, 0));
    if (!part) return damaged(zip_strerror(state.archive.get()));
    std::vector<char> block(block_bytes);
    std::size_t of_part = 0;
    while (true) {
        const zip_int64_t got = zip_fread(part.get(), block.data(), block.size());
        if (got < 0) return damaged(zip_file_strerror(part.get()));
        if (got == 0) return {};
        const auto size = static_cast<std::size_t>(got);
        of_part += size;
        state.unpacked += size;
        // What the directory says of sizes proves nothing; what comes out is counted.
        if (state.unpacked > state.unpacked_max) {
            return fail(ErrorCode::payload_too_large,
                        "unpacks to more than " + std::to_string(state.unpacked_max >> 20) + " MiB",
                        {}, "split it into several files, or save the table as CSV");
        }
        if (of_part > limits::unpacking_ratio_from_bytes &&
            of_part / limits::unpacking_ratio_max > stat.comp_size) {
            return fail(ErrorCode::unsupported_media,
                        "unpacks to more than " + std::to_string(limits::unpacking_ratio_max) +
                            " times its size, as no table does",
                        {}, "save the table as CSV");
        }
        const auto more = sink({block.data(), size});
        if (!more) return more.error();
        if (!*more) return {};
    }
}

}  // namespace assay::engine
