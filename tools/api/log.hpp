// The server's log: one JSON object a line, built from a closed list of fields.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>

#include "engine/base/clock.hpp"

namespace assay::tools {

enum class LogLevel : std::uint8_t { info, warning, error };

// One field of a line. Only values that a caller names land in a log: never a header, a body, a
// query string or a secret. Control characters are escaped by the JSON writer.
struct LogField {
    std::string_view name;
    std::variant<std::string_view, std::int64_t> value;
};

// Thread safety: write() from any thread; lines never mix.
class Log {
  public:
    using Sink = std::function<void(std::string_view line)>;  // with its line feed
    Log(Clock& clock, Sink sink);

    // {"time":"...","level":"info","event":"batch_accepted",...}
    void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

  private:
    Clock& clock_;
    std::mutex mutex_;
    Sink sink_;
};

}  // namespace assay::tools
