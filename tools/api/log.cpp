// Log lines as JSON, with the length of every text bounded.
// SPDX-License-Identifier: MIT
#include "tools/api/log.hpp"

#include <array>
#include <utility>

#include "engine/base/json_writer.hpp"
#include "engine/base/limits.hpp"

namespace assay::tools {
namespace {

constexpr std::size_t text_bytes_max = 512;

// ASCII only: whatever else comes from outside is shown as '?', so that a log line is valid JSON
// and cannot steer a terminal.
std::string harmless(std::string_view text) {
    std::string out(text.substr(0, text_bytes_max));
    for (char& c : out)
        if (static_cast<unsigned char>(c) >= 0x7f) c = '?';
    return out;
}

}  // namespace

Log::Log(Clock& clock, Sink sink) : clock_(clock), sink_(std::move(sink)) {}

void Log::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    static constexpr std::array<std::string_view, 3> names{"info", "warning", "error"};
    std::string line;
    JsonWriter writer(line);
    writer.begin_object();
    writer.key("time").string(to_rfc3339(clock_.now()));
    writer.key("level").string(names[static_cast<std::size_t>(level)]);
    writer.key("event").string(event);
    for (const LogField& field : fields) {
        writer.key(field.name);
        if (const auto* text = std::get_if<std::string_view>(&field.value))
            writer.string(harmless(*text));
        else
            writer.integer(std::get<std::int64_t>(field.value));
    }
    writer.end_object();
    line += '\n';
    const std::lock_guard lock(mutex_);
    sink_(line);
}

}  // namespace assay::tools
