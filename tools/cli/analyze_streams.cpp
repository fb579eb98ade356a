// Opens and sniffs inputs, draws the bar.
// SPDX-License-Identifier: MIT
#include "tools/cli/analyze_streams.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <ostream>
#include <system_error>

#include "tools/cli/number_text.hpp"
#include "tools/cli/output_file.hpp"

namespace assay::tools {

namespace {

using namespace engine;

constexpr std::chrono::milliseconds redraw_every{100};
constexpr std::size_t sniffed_bytes = 64 * limits::kibibyte;

// Gives the bytes that were looked at first, then the rest of the stream.
class PrefixedBuffer final : public std::streambuf {
  public:
    PrefixedBuffer(std::string prefix, std::streambuf& rest)
        : prefix_(std::move(prefix)), rest_(rest) {
        setg(prefix_.data(), prefix_.data(), prefix_.data() + prefix_.size());
    }

  protected:
    int_type underflow() override {
        const std::streamsize count =
            rest_.sgetn(block_, static_cast<std::streamsize>(sizeof block_));
        if (count <= 0) return traits_type::eof();
        setg(block_, block_, block_ + count);
        return traits_type::to_int_type(block_[0]);
    }
    std::streamsize xsgetn(char* to, std::streamsize count) override {
        if (gptr() != egptr()) {
            const std::streamsize have = std::min<std::streamsize>(egptr() - gptr(), count);
            std::copy_n(gptr(), have, to);
            gbump(static_cast<int>(have));
            return have == count ? have : have + rest_.sgetn(to + have, count - have);
        }
        return rest_.sgetn(to, count);
    }

  private:
    std::string prefix_;
    std::streambuf& rest_;
    char block_[4096];
};

bool is_gzip(std::string_view bytes) {
    return bytes.starts_with("\x1f\x8b");
}

constexpr const char* accepted = "name a manifest: .csv, .xlsx, .ndjson or .json, also gzipped";

}  // namespace

InputFormat sniff_format(std::string_view bytes) noexcept {
    if (begins_as_workbook(bytes)) return InputFormat::xlsx;
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    const std::size_t first = bytes.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return InputFormat::csv;
    if (bytes[first] == '[') return InputFormat::json;
    if (bytes[first] != '{') return InputFormat::csv;
    const std::size_t end = bytes.find('\n', first);
    const std::string_view line = bytes.substr(first, end - first);
    const std::size_t last = line.find_last_not_of(" \t\r");
    const bool whole_line = line[last] == '}' && line.find("\"products\"") == line.npos;
    return whole_line ? InputFormat::ndjson : InputFormat::json;
}

namespace {

Result<void> open_file(std::ifstream& file, const std::string& path) {
    std::error_code unknown;
    if (std::filesystem::is_directory(path, unknown))
        return fail(ErrorCode::io_error, path + " is a directory", {}, accepted);
    errno = 0;
    file.open(path, std::ios::binary);
    if (file) return {};
    Error error = stream_failure("cannot read " + path);
    error.remedy = accepted;
    return error;
}

}  // namespace

Result<void> AnalyzeInput::open(const std::string& path, const std::string& format_name,
                                std::istream& standard_input) {
    std::istream* from = &standard_input;
    name = "standard input";
    if (path != "-") {
        if (auto opened = open_file(file, path); !opened) return opened;
        std::error_code unknown;
        const auto bytes = std::filesystem::file_size(path, unknown);
        if (!unknown) size = bytes;
        name = std::filesystem::path(path).filename().string();
        from = &file;
    }
    std::string head(sniffed_bytes, '\0');
    from->read(head.data(), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(from->gcount()));
    gzip = is_gzip(head);
    const auto known =
        format_name.empty() ? format_of_file_name(path) : format_of_file_name("x." + format_name);
    if (!known && gzip) {
        return fail(ErrorCode::unsupported_media, "compressed input does not show what it is",
                    "--format", "say csv, xlsx, ndjson or json");
    }
    // What is called a workbook but is text is read as that; a workbook is one by whatever name.
    const bool misnamed = known && !gzip &&
                          (*known == InputFormat::xlsx) != begins_as_workbook(head) &&
                          format_name.empty();
    format = known && !misnamed ? *known : sniff_format(head);
    buffer = std::make_unique<PrefixedBuffer>(std::move(head), *from->rdbuf());
    return {};
}

void AnalyzeBar::show(std::uint64_t bytes, std::int64_t products) {
    const SteadyTime now = context_.clock.steady_now();
    if (!context_.redraws || now - drawn_ < redraw_every) return;
    drawn_ = now;
    visible_ = true;
    context_.error << "\r\x1b[K";
    if (size_ > 0) {
        const auto percent = std::min<std::uint64_t>(100, 100 * bytes / size_);
        constexpr std::size_t width = 30;
        const std::size_t filled = static_cast<std::size_t>(percent) * width / 100;
        context_.error << '[' << std::string(filled, '#') << std::string(width - filled, '.')
                       << "] " << percent << " %  ";
    }
    context_.error << grouped(products) << " products" << std::flush;
}

void AnalyzeBar::clear() {
    if (visible_) context_.error << "\r\x1b[K" << std::flush;
    visible_ = false;
}

}  // namespace assay::tools
