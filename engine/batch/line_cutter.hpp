// Cuts bytes that arrive in any pieces into lines, and never keeps more than a limit of one.
// Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace assay::engine {

// One line without its end. Of one that is longer than the limit only so many bytes are there.
struct CutLine {
    std::string_view text;
    std::uint64_t number = 0;  // 1-based
    bool too_long = false;
};

// Keeps the beginning of a line that a feed() has cut in two.
class LineCutter {
  public:
    explicit LineCutter(std::size_t line_bytes_max) : line_bytes_max_(line_bytes_max) {}

    // Calls take(CutLine) -> Result<void> for each line that has ended; its first error ends the
    // call and is given back.
    template <class Take>
    Result<void> feed(std::string_view bytes, const Take& take) {
        while (!bytes.empty()) {
            const std::size_t end = bytes.find('\n');
            if (end == std::string_view::npos) {
                keep(bytes);
                return {};
            }
            std::string_view text = bytes.substr(0, end);
            bytes.remove_prefix(end + 1);
            if (!pending_.empty()) {
                keep(text);
                text = pending_;
            } else if (text.size() > line_bytes_max_) {
                text = text.substr(0, line_bytes_max_);
                too_long_ = true;
            }
            Result<void> taken = take(CutLine{text, ++number_, too_long_});
            pending_.clear();
            too_long_ = false;
            if (!taken) return taken;
        }
        return {};
    }

    // The last line, where no line end came.
    template <class Take>
    Result<void> finish(const Take& take) {
        if (pending_.empty()) return {};
        return take(CutLine{pending_, ++number_, too_long_});
    }

  private:
    void keep(std::string_view part) {
        const std::size_t room = line_bytes_max_ - pending_.size();
        too_long_ = too_long_ || part.size() > room;
        pending_.append(part.substr(0, room));
    }

    std::size_t line_bytes_max_;
    std::string pending_;
    bool too_long_ = false;
    std::uint64_t number_ = 0;
};

}  // namespace assay::engine
